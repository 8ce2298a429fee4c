/** Whether a denial is one: what was not found out is neither granted nor denied. */

import type { SetupStep } from '../plan/steps.js'
import type { DenialCause, ProbeDenial } from './types.js'

const NO_ANSWER: ReadonlySet<DenialCause> = new Set(['timeout', 'program-missing', 'unsupported-platform'])
/** How a program fails that was asked for what is not there. */
const NOT_THERE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR'])

/** Before anything was asked of the kernel that a sandbox needs. */
const NO_SANDBOX_YET: ReadonlySet<SetupStep> = new Set(['launch', 'open-null', 'exec'])

export function isUnchecked({ cause, step, code }: Pick<ProbeDenial, 'cause' | 'step' | 'code'>): boolean {
  // A program that came to no sandbox, or ended for a reason of its own, as a wrong option.
  return NO_ANSWER.has(cause) || (cause === 'unknown' && (NO_SANDBOX_YET.has(step) || NOT_THERE.has(code)))
}
