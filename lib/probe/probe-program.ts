/** probeProgram(): another program's own sandbox, and what its end means. */

import { accessSync, constants, realpathSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { SetupError } from '../errors/setup-error.js'
import { checkArray, checkObject, checkText, invalidValue } from '../plan/check.js'
import { checkNames } from '../plan/option-names.js'
import type { NamespaceType } from '../tables/namespaces.js'
import { askHost } from './ask-host.js'
import { procMissing } from './attempt.js'
import { classifyProgram } from './classify-program.js'
import { denialOf, unsupported } from './denial.js'
import type { HostFacts } from './facts.js'
import { namespacesOf } from './program-namespaces.js'
import { type ProgramRun, runProgram } from './run-program.js'
import { checkTimeout } from './settings.js'
import type { FailedStep, ProbeProgramOptions, ProbeResult } from './types.js'

const OPTIONS: ReadonlySet<string> = new Set(['timeout', 'env'])

export async function probeProgram(
  command: readonly string[],
  options: ProbeProgramOptions = {},
): Promise<ProbeResult> {
  return probeProgramWith(command, options, askHost)
}

export async function probeProgramWith(
  command: readonly string[],
  options: ProbeProgramOptions,
  facts: () => HostFacts,
): Promise<ProbeResult> {
  const words = checkArray('command', command).map((word, index) => checkText(`command[${index}]`, word))
  if (!words[0]) throw invalidValue('command', 'a program and its arguments', command)
  checkNames(checkObject('options', options), OPTIONS)
  const timeout = checkTimeout(options.timeout)
  const env: NodeJS.ProcessEnv = { ...(options.env ?? process.env), LC_ALL: 'C' }
  const namespaces = namespacesOf(words)
  const shown = words.map(quoted).join(' ')
  if (process.platform !== 'linux') return unsupported(namespaces, shown, process.platform)

  const start = performance.now()
  const run = await runProgram(words, env, timeout)
  const durationMs = performance.now() - start
  const failed = failureOf(words, run, namespaces)
  if (failed === undefined) return { ok: true, namespaces, command: shown, durationMs }
  const { reason, ...step } = failed
  const program = pathOf(words[0], env.PATH) ?? words[0]
  return denialOf({ ...step, namespaces, program }, facts(), {
    command: shown,
    durationMs,
    reason,
  })
}

type ProgramFailure = Omit<FailedStep, 'namespaces'> & { reason: string }

function failureOf(
  command: readonly string[],
  run: ProgramRun,
  namespaces: readonly NamespaceType[],
): ProgramFailure | undefined {
  const { error, timedOut } = run
  if (timedOut)
    return { step: 'exec', code: 'ETIMEDOUT', syscall: 'wait4', reason: said(run, 'no answer in time') }
  if (error !== undefined) {
    const missing = procMissing(error, { namespaces: [] })
    if (missing !== undefined) return { ...missing, reason: error.message }
    // What is needed to start any program, as /dev/null, says nothing of this one.
    const step = SetupError.is(error) ? error.step : 'exec'
    return { step, code: error.code ?? 'UNKNOWN', syscall: 'execve', reason: error.message }
  }
  const verdict = classifyProgram(command, run)
  if (verdict.ok) return undefined
  const { code, syscall, text, mapper, together, reason } = verdict
  // The words for a call that was refused are the same for all types.
  const [first] = namespaces
  const step =
    verdict.step === 'create-user' && together && first !== undefined && !namespaces.includes('user')
      ? (`create-${first}` as const)
      : verdict.step
  return { step, code, syscall, text, mapper, together, reason }
}

function said({ stderr }: ProgramRun, otherwise: string): string {
  return stderr.trim() === '' ? otherwise : `${otherwise}: ${stderr.trim()}`
}

/** What AppArmor goes by: the file itself, not a link to it. */
function pathOf(file: string, path = ''): string | undefined {
  const candidates = file.includes('/') ? [file] : path.split(delimiter).map((folder) => join(folder, file))
  for (const candidate of candidates) {
    try {
      accessSync(candidate, constants.X_OK)
      const real = realpathSync(candidate)
      if (isAbsolute(real)) return real
    } catch {
      // Not in this folder.
    }
  }
  return undefined
}

/** As a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
