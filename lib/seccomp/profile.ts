/** An OCI profile, checked and resolved for one architecture. */

import { readAction } from './actions.js'
import { type ForeignAnswers, readArchitectures, type SeccompTarget } from './architectures.js'
import { readFlags } from './flags.js'
import { type Decision, readRules } from './rules.js'
import { fields, isAbsent } from './values.js'

export interface Profile {
  readonly defaultAction: number
  readonly foreign: ForeignAnswers
  /** For seccomp(2). */
  readonly flags: number
  /** By number; what is not here gets the default action. */
  readonly decisions: ReadonlyMap<number, Decision>
}

const KEYS = ['defaultAction', 'defaultErrnoRet', 'architectures', 'flags', 'syscalls']
const OF_NOTIFY = ['listenerPath', 'listenerMetadata']

export function readProfile(value: object, target: SeccompTarget): Profile {
  refuseOthers(value as Readonly<Record<string, unknown>>)
  const profile = fields(value, KEYS, 'seccomp')
  const errnoRet = profile.defaultErrnoRet ?? undefined
  const defaultAction = readAction(profile.defaultAction, 'defaultAction', errnoRet, 'defaultErrnoRet')
  return {
    defaultAction,
    foreign: readArchitectures(profile.architectures, target),
    flags: readFlags(profile.flags),
    decisions: readRules(profile.syscalls, defaultAction, target),
  }
}

function refuseOthers(profile: Readonly<Record<string, unknown>>): void {
  for (const key of OF_NOTIFY) {
    if (!isAbsent(profile?.[key])) {
      throw new TypeError(`${key}: requires SCMP_ACT_NOTIFY, which is not supported`)
    }
  }
  if (profile?.archMap !== undefined) {
    throw new TypeError(
      "archMap: this is a profile in Docker's own format; expected the linux.seccomp of an OCI config.json, " +
        'which the engine makes of it for the architecture and the capabilities at hand',
    )
  }
}
