/** What may end any step. */

import { type HostFacts, isKnown, known, valueIn } from '../facts.js'
import type { FailedStep } from '../types.js'
import { refusedOperation } from './apparmor.js'
import { isConfined, isFiltered, isSelinuxEnforcing } from './policies.js'
import { certain, type Finding, likely, type Rule } from './rule.js'

const ANY = /./

export const FIRST_RULES: readonly Rule[] = [
  { steps: ANY, find: (_failed, facts) => platform(facts) },
  { steps: ANY, codes: ['ETIMEDOUT'], find: timeout },
  { steps: /^exec$/, codes: ['ENOENT', 'ENOTDIR'], find: noProgram },
]

export const LAST_RULES: readonly Rule[] = [
  { steps: ANY, codes: ['SIGSYS'], find: (_failed, facts) => killed(facts) },
  { steps: ANY, codes: ['ENOSYS'], find: (_failed, facts) => noSuchCall(facts) },
  { steps: /^(launch|exec)$/, codes: ['EACCES'], find: refusedExecution },
]

/**
 * A launcher in a memfd is disconnected from every path: AppArmor refuses to execute it (6.12). A program's file may
 * as well have no x bit. Ubuntu's restriction is about user namespaces, and refuses no execve(2).
 */
function refusedExecution(failed: FailedStep, facts: HostFacts): Finding | undefined {
  if (isConfined(facts) !== true && !isSelinuxEnforcing(facts)) return undefined
  const found = refusedOperation(failed, facts)
  return found && failed.step === 'exec' ? { ...found, certain: false } : found
}

function platform({ platform: name }: HostFacts): Finding | undefined {
  return name === 'linux' ? undefined : certain('unsupported-platform', known('platform', name))
}

function timeout({ step, text }: FailedStep): Finding {
  return certain('timeout', known(step, 'ETIMEDOUT', text ?? 'no answer in time'))
}

function noProgram({ program, text }: FailedStep): Finding {
  return certain('program-missing', known(program ?? 'exec', 'ENOENT', text || 'not found'))
}

/** SIGSYS is sent by filters alone (SECCOMP_RET_KILL_*, SECCOMP_RET_TRAP). */
function killed(facts: HostFacts): Finding {
  const { seccomp } = facts.process
  return (isFiltered(facts) === true ? certain : likely)('seccomp', seccomp)
}

function noSuchCall(facts: HostFacts): Finding {
  const { seccomp } = facts.process
  const { substitute, release } = facts.kernel
  if (isKnown(substitute)) return certain('kernel-config', substitute)
  // Every call of a plan is older than Linux 3.8.
  if (valueIn(seccomp)?.mode === 2) return certain('seccomp', seccomp, release)
  return likely(isKnown(seccomp) ? 'kernel-config' : 'seccomp', seccomp, release)
}
