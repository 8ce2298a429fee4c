/** A rule says when one cause explains one refusal. */

import type { Fact, HostFacts } from '../facts.js'
import type { DenialCause, FailedStep } from '../types.js'

export interface Finding {
  readonly cause: DenialCause
  /** The evidence was read and is enough by the kernel's own rules; else it is a likely explanation. */
  readonly certain: boolean
  readonly evidence: ReadonlyArray<Fact<unknown>>
}

export interface Rule {
  readonly steps: RegExp
  /** undefined: whatever the code. */
  readonly codes?: readonly string[]
  find(failed: FailedStep, facts: HostFacts): Finding | undefined
}

export function certain(cause: DenialCause, ...evidence: Array<Fact<unknown>>): Finding {
  return { cause, certain: true, evidence }
}

export function likely(cause: DenialCause, ...evidence: Array<Fact<unknown>>): Finding {
  return { cause, certain: false, evidence }
}

export function applies(rule: Rule, failed: FailedStep): boolean {
  return rule.steps.test(failed.step) && (rule.codes === undefined || rule.codes.includes(failed.code))
}
