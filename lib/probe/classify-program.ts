/** What another program's end means: its status and its words become the step that it failed at. */

import { basename } from 'node:path'
import type { SetupStep } from '../plan/steps.js'
import type { NamespaceType } from '../tables/namespaces.js'
import { kindOfStep } from './kind.js'
import { BWRAP_MESSAGES } from './programs/bwrap.js'
import { CHROME_MESSAGES } from './programs/chrome.js'
import type { Message } from './programs/message.js'
import { PODMAN_MESSAGES } from './programs/podman.js'
import { UNSHARE_MESSAGES } from './programs/unshare.js'
import { codeInText, errnoOf } from './strerror.js'

export interface ProgramEnd {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stderr: string
}

export type ProgramVerdict = { ok: true } | ProgramDenial

export interface ProgramDenial {
  ok: false
  kind: NamespaceType
  step: SetupStep
  code: string
  /** Negative, as Node's; 0 where there was none. */
  errno: number
  syscall: string
  /** The line that says it, or how the program ended. */
  reason: string
  /** The same, for diagnoseDenial(): a helper's words are evidence. */
  text: string
  /** For diagnoseDenial(). */
  mapper: boolean
  together: boolean
}

const TABLES: ReadonlyArray<readonly [name: RegExp, messages: readonly Message[]]> = [
  [/^bwrap|^flatpak-bwrap|bubblewrap/, BWRAP_MESSAGES],
  [/chrom|edge|brave|electron|headless_shell/i, CHROME_MESSAGES],
  [/^(podman|buildah|crun|runc|docker|rootlesskit|nerdctl|containerd-rootless|k3s)/, PODMAN_MESSAGES],
  [/^(unshare|busybox)/, UNSHARE_MESSAGES],
]

/**
 * Programs wrap each other (codex runs bwrap, podman runs crun): after its own, each knows all the others'
 * words.
 */
export function classifyProgram(command: readonly string[], end: ProgramEnd): ProgramVerdict {
  if (end.exitCode === 0 && end.signal === null) return { ok: true }
  const name = basename(command[0] ?? '')
  const own = TABLES.filter(([pattern]) => pattern.test(name))
  const others = TABLES.filter(([pattern]) => !pattern.test(name))
  for (const [, messages] of [...own, ...others]) {
    const found = firstMatch(messages, end.stderr)
    if (found !== undefined)
      return denial(found.message, codeOf(found.message, found.line), found.line, command)
  }
  return byStatus(command, end)
}

/** By the order of the lines: what is said first is what failed, what follows are consequences. */
function firstMatch(
  messages: readonly Message[],
  stderr: string,
): { message: Message; line: string } | undefined {
  for (const line of stderr.split('\n')) {
    const message = messages.find(({ says }) => says.test(line))
    if (message !== undefined) return { message, line: line.trim() }
  }
  return undefined
}

/**
 * `code` in the table: the text's errno is none, or is stale. Podman ends with a class of its own for the
 * error.
 */
function codeOf({ code }: Message, line: string): string {
  return code ?? codeInText(line.replace(/: OCI [a-z ]+$/, '')) ?? 'EPERM'
}

const NO_MESSAGE: Message = { says: /^/, step: 'create-user' }

function byStatus(command: readonly string[], { exitCode, signal, stderr }: ProgramEnd): ProgramDenial {
  const said = stderr.trim().split('\n').at(-1)?.trim() ?? ''
  // A shell reports a signal as 128 and its number.
  if (signal === 'SIGSYS' || exitCode === 128 + 31 || /Bad system call/.test(stderr)) {
    return denial({ ...NO_MESSAGE, together: true }, 'SIGSYS', said || 'Bad system call', command)
  }
  if (exitCode === 127) return denial({ says: /^/, step: 'exec' }, 'ENOENT', said || 'exit code 127', command)
  if (exitCode === 126) return denial({ says: /^/, step: 'exec' }, 'EACCES', said || 'exit code 126', command)
  const how = signal === null ? `exit code ${exitCode}` : `signal ${signal}`
  return denial({ says: /^/, step: 'exec' }, 'UNKNOWN', said === '' ? how : `${said} (${how})`, command)
}

const SYSCALLS: ReadonlyArray<readonly [steps: RegExp, syscall: string]> = [
  [/^create-/, 'clone'],
  [/^write-/, 'write'],
  [/^pivot-root$/, 'pivot_root'],
  [/^(set-propagation|mount-)/, 'mount'],
  [/loopback/, 'sendto'],
  [/^set-hostname$/, 'sethostname'],
  [/^exec$/, 'execve'],
]

function denial(message: Message, code: string, reason: string, command: readonly string[]): ProgramDenial {
  const { step, together = false, mapper = false } = message
  const syscall = SYSCALLS.find(([steps]) => steps.test(step))?.[1] ?? 'clone'
  const kind = kindOfStep(step, ['user'])
  const named = reason === '' ? `${command[0] ?? 'the program'} failed` : reason
  // 0 - n: the negative of 0 would be -0.
  return {
    ok: false,
    kind,
    step,
    code,
    errno: 0 - errnoOf(code),
    syscall,
    reason: named,
    text: named,
    mapper,
    together,
  }
}
