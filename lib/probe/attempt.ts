/** What running a probe's plan came to, before anybody asks why. */

import { errnoCode } from '../errors/errno.js'
import { SetupError } from '../errors/setup-error.js'
import { LAUNCH_STEP } from '../native/binding.js'
import { describeFailed } from '../plan/describe.js'
import type { ResolvedMaps } from '../plan/maps.js'
import type { Plan } from '../plan/steps.js'
import type { Failure } from '../spawn/failure.js'
import { signalName } from '../tables/signals.js'
import type { FailedStep, RequestedMaps } from './types.js'

/** undefined: every step was allowed. */
export type Attempt = FailedStep | undefined

type Context = Pick<FailedStep, 'namespaces' | 'maps'>

/** Where the plan stopped. `timedOut`: it was this call that ended it. */
export function failedStep(failure: Failure, plan: Plan, timedOut: boolean, context: Context): FailedStep {
  const step = failure.step === LAUNCH_STEP ? undefined : plan.steps[failure.step]
  if (step === undefined) {
    return { ...context, step: 'launch', code: codeOf(failure, timedOut), syscall: 'clone' }
  }
  const { step: name, syscall } = describeFailed(step, failure.detail)
  const mapper = step.op === 'RunMapper'
  return {
    ...context,
    step: name,
    code: codeOf(failure, timedOut),
    syscall: mapper ? 'execve' : syscall,
    ...(mapper ? { mapper, text: failure.text } : {}),
  }
}

function codeOf({ errno, detail }: Failure, timedOut: boolean): string {
  if (timedOut) return 'ETIMEDOUT'
  return errno === 0 ? (signalName(detail) ?? `signal ${detail}`) : errnoCode(errno)
}

/** What is known to be refused before the kernel is asked. */
export function foreseen(error: unknown, context: Context): FailedStep {
  if (!SetupError.is(error)) throw error
  const { step, code, syscall } = error
  return {
    ...context,
    step: step as FailedStep['step'],
    code,
    syscall,
  }
}

/** Planning reads what the caller is from /proc, which a chroot may not have: spawn() ends there as well. */
export function procMissing(error: unknown, context: Context): FailedStep | undefined {
  const { code, path } = (error ?? {}) as NodeJS.ErrnoException
  if (code === undefined || !path?.startsWith('/proc/')) return undefined
  // Of a file of its own a process is told ESRCH where there is no /proc.
  return { ...context, step: 'open-proc', code: code === 'ESRCH' ? 'ENOENT' : code, syscall: 'open' }
}

export function requestedMaps(maps: ResolvedMaps | undefined): RequestedMaps | undefined {
  return maps && { uid: maps.uid.mappings, gid: maps.gid.mappings, setgroups: maps.setgroups }
}
