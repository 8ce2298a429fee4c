/** A failed step becomes the answer: cause, evidence, remedies, and the words that people have seen. */

import { diagnoseDenial } from './diagnose-denial.js'
import type { HostFacts } from './facts.js'
import { kindOfStep } from './kind.js'
import { remediesFor } from './remedies.js'
import { wordsOf } from './reproduce.js'
import { limitedType } from './rules/limited-type.js'
import { errnoOf } from './strerror.js'
import type { FailedStep, ProbeDenial } from './types.js'

interface Seen {
  /** What shows it again. */
  readonly command: string
  readonly durationMs: number
  /** Instead of unshare's words: what the program itself said. */
  readonly reason?: string
}

export function denialOf(reported: FailedStep, facts: HostFacts, seen: Seen): ProbeDenial {
  const failed = narrowed(reported, facts)
  const { step, code, syscall, namespaces } = failed
  const { cause, confidence, evidence, symptoms } = diagnoseDenial(failed, facts)
  return {
    ok: false,
    namespaces: [...namespaces],
    kind: kindOfStep(step, namespaces),
    step,
    code,
    // 0 - n: the negative of 0 would be -0.
    errno: 0 - errnoOf(code),
    syscall,
    reason: seen.reason ?? wordsOf(failed),
    command: seen.command,
    cause,
    confidence,
    evidence,
    remedies: remediesFor(cause, failed, facts),
    symptoms,
    durationMs: seen.durationMs,
  }
}

/** A program that asks for all types in one call says 'user' of any: whose limit is 0 was refused. */
function narrowed(failed: FailedStep, facts: HostFacts): FailedStep {
  if (failed.step !== 'create-user' || failed.code !== 'ENOSPC' || !failed.together) return failed
  return { ...failed, step: `create-${limitedType(failed, facts)}` }
}

/** Where there are no namespaces to ask for: nothing is run, and nothing can be done about it. */
export function unsupported(
  namespaces: ProbeDenial['namespaces'],
  command: string,
  platform: NodeJS.Platform,
): ProbeDenial {
  return {
    ok: false,
    namespaces,
    kind: kindOfStep('launch', namespaces),
    step: 'launch',
    code: 'ENOSYS',
    errno: -errnoOf('ENOSYS'),
    syscall: 'clone',
    reason: `Linux namespaces do not exist on ${platform}`,
    command,
    cause: 'unsupported-platform',
    confidence: 'certain',
    evidence: [{ source: 'process.platform', value: platform }],
    remedies: [],
    symptoms: [],
    durationMs: 0,
  }
}
