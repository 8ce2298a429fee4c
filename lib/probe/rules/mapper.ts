/** Maps of subordinate ids, by newuidmap and newgidmap: what stops a setuid helper. */

import { IdMap, isGranted } from '../../ids/index.js'
import type { HelperState } from '../facts/subids.js'
import { type Fact, type HostFacts, isKnown, valueIn } from '../facts.js'
import type { FailedStep } from '../types.js'
import { takenCapability } from './apparmor.js'
import { isConfined } from './policies.js'
import { certain, type Finding, likely, type Rule } from './rule.js'

const MAP = /^write-(uid|gid)-map$/
/** What planning says before anything runs. */
export const NO_SUBORDINATE_IDS = 'ERR_NSKIT_NO_SUBORDINATE_IDS'

const NOT_GRANTED = /range .* not allowed|no sub[ug]id ranges/

/** Before the rules of maps: with a helper the ids of the caller say nothing about what may be written. */
export const MAPPER_RULES: readonly Rule[] = [
  {
    steps: MAP,
    codes: [NO_SUBORDINATE_IDS],
    find: (failed, facts) => certain('subids', ranges(failed, facts)),
  },
  { steps: MAP, find: byHelper(missing) },
  { steps: MAP, find: byHelper(noNewPrivileges) },
  { steps: MAP, find: byHelper(nosuid) },
  { steps: MAP, find: byHelper(tooFew) },
  { steps: MAP, find: byHelper(notSetuid) },
  { steps: MAP, codes: ['EPERM', 'EACCES'], find: byHelper(takenCapability) },
]

type Find = Rule['find']

function byHelper(find: Find): Find {
  return (failed, facts) => (failed.mapper ? find(failed, facts) : undefined)
}

function kindOf({ step }: FailedStep): 'uid' | 'gid' {
  return step === 'write-gid-map' ? 'gid' : 'uid'
}

function ranges(failed: FailedStep, { subids }: HostFacts): Fact<unknown> {
  return subids[kindOf(failed)]
}

function helper(failed: FailedStep, { subids }: HostFacts): Fact<HelperState> {
  return subids[`new${kindOf(failed)}map`]
}

function missing(failed: FailedStep, facts: HostFacts): Finding | undefined {
  const fact = helper(failed, facts)
  if (isKnown(fact)) return undefined
  if (fact.unreadable === 'ENOENT') return certain('subids', fact)
  // A folder of PATH that the caller may not search answers EACCES, whatever else is missing (execvp(3)).
  return failed.code === 'ENOENT' || fact.unreadable === failed.code ? likely('subids', fact) : undefined
}

/** execve(2) then honours neither the setuid bit nor file capabilities. */
function noNewPrivileges(failed: FailedStep, facts: HostFacts): Finding | undefined {
  const { noNewPrivs } = facts.process
  if (valueIn(noNewPrivs) !== true) return undefined
  // It needs no power to look the ranges up, which it does first.
  const found = NOT_GRANTED.test(failed.text ?? '') ? likely : certain
  return found('no-new-privileges', noNewPrivs, helper(failed, facts))
}

function nosuid(failed: FailedStep, facts: HostFacts): Finding | undefined {
  const fact = helper(failed, facts)
  return valueIn(fact)?.nosuid ? certain('subids', fact) : undefined
}

/** newuidmap's own check, and its words: "uid range [1-65536) -> [100000-165536) not allowed". */
function tooFew(failed: FailedStep, facts: HostFacts): Finding | undefined {
  const fact = facts.subids[kindOf(failed)]
  const granted = valueIn(fact)
  const refused = NOT_GRANTED.test(failed.text ?? '')
  if (granted === undefined || failed.maps === undefined) return refused ? likely('subids', fact) : undefined
  const own = valueIn(kindOf(failed) === 'uid' ? facts.process.euid : facts.process.egid)
  if (own === undefined) return undefined
  const covered = isGranted(new IdMap(failed.maps[kindOf(failed)]), own, granted)
  // Ranges of nsswitch.conf's subid services are not in the file: without the helper's word it may be enough.
  if (!covered) return (refused || granted.length > 0 ? certain : likely)('subids', fact)
  return undefined
}

/** File capabilities would do as well, and cannot be read; but then the write would have succeeded. */
function notSetuid(failed: FailedStep, facts: HostFacts): Finding | undefined {
  const fact = helper(failed, facts)
  if (valueIn(fact)?.setuidRoot !== false) return undefined
  const refused = /write to [ug]id_map failed|setuid/i.test(failed.text ?? '')
  return (refused && isConfined(facts) === false ? certain : likely)('subids', fact)
}
