/** Which policy refused, how sure that is, and what says so. Pure over what was read. */

import { evidenceOf, type Fact, type HostFacts, valueIn } from './facts.js'
import { contextOf } from './rules/context.js'
import { CREATE_OTHER_RULES } from './rules/create-other.js'
import { CREATE_USER_RULES } from './rules/create-user.js'
import { FIRST_RULES, LAST_RULES } from './rules/general.js'
import { MAPPER_RULES } from './rules/mapper.js'
import { MAP_RULES } from './rules/maps.js'
import { applies, type Finding, type Rule } from './rules/rule.js'
import { USE_RULES } from './rules/use.js'
import { symptomsOf } from './symptoms.js'
import type { Diagnosis, Evidence, FailedStep } from './types.js'

/**
 * The earlier ones win, in the order in which the kernel would refuse; a certain one wins over all that are
 * likely.
 */
const RULES: readonly Rule[] = [
  ...FIRST_RULES,
  ...MAPPER_RULES,
  ...CREATE_USER_RULES,
  ...CREATE_OTHER_RULES,
  ...MAP_RULES,
  ...USE_RULES,
  ...LAST_RULES,
]

/**
 * 'certain' only where what was read explains this very step and errno. A policy that is set but cannot
 * answer so is never the cause; it may stand among the evidence where no cause is certain.
 */
export function diagnoseDenial(failed: FailedStep, facts: HostFacts): Diagnosis {
  const findings = RULES.filter((rule) => applies(rule, failed)).flatMap(
    (rule) => rule.find(failed, facts) ?? [],
  )
  const finding = findings.find((each) => each.certain && allRead(each)) ?? findings[0]
  if (finding === undefined) {
    return withSymptoms(failed, 'unknown', 'unknown', listed(contextOf(failed, facts)))
  }
  if (finding.certain && allRead(finding)) {
    return withSymptoms(failed, finding.cause, 'certain', listed(finding.evidence))
  }
  const others = findings.flatMap(({ evidence }) => evidence)
  return withSymptoms(
    failed,
    finding.cause,
    'likely',
    listed([...finding.evidence, ...others, ...contextOf(failed, facts)]),
  )
}

/** What could not be read proves nothing; that a file does not exist is an answer. */
function allRead({ evidence }: Finding): boolean {
  return evidence.every((fact) => valueIn(fact) !== undefined || isAbsent(fact))
}

function isAbsent(fact: Fact<unknown>): boolean {
  return 'unreadable' in fact && fact.unreadable === 'ENOENT'
}

function withSymptoms(
  failed: FailedStep,
  cause: Diagnosis['cause'],
  confidence: Diagnosis['confidence'],
  evidence: Evidence[],
): Diagnosis {
  return { cause, confidence, evidence, symptoms: symptomsOf(failed) }
}

/** Each once, in the order of their weight. */
function listed(facts: ReadonlyArray<Fact<unknown>>): Evidence[] {
  const seen = new Map<string, Evidence>()
  for (const fact of facts) {
    const evidence = evidenceOf(fact)
    if (!seen.has(evidence.source)) seen.set(evidence.source, evidence)
  }
  return [...seen.values()]
}
