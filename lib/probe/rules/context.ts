/** What a person would look at next where no cause is certain: all that could refuse this step. */

import { type Fact, type HostFacts, isKnown } from '../facts.js'
import { kindOfStep } from '../kind.js'
import type { FailedStep } from '../types.js'

export function contextOf(failed: FailedStep, facts: HostFacts): Array<Fact<unknown>> {
  const { lsm, process, kernel, environment } = facts
  return [
    ...ofStep(failed, facts),
    process.seccomp,
    lsm.label,
    lsm.restrictUserns,
    lsm.selinuxEnforcing,
    lsm.active,
    process.capEff,
    process.noNewPrivs,
    process.initialUserNamespace,
    kernel.release,
    ...environment.containers,
    ...ifKnown(environment.unit),
  ]
}

function ofStep(failed: FailedStep, facts: HostFacts): Array<Fact<unknown>> {
  const { kernel, process, mounts, lsm, subids } = facts
  const kind = kindOfStep(failed.step, failed.namespaces)
  const limit = kernel.limits[kind]
  if (failed.step === 'create-user') {
    return [
      kernel.unprivilegedUsernsClone,
      limit,
      mounts.chroot,
      process.uidMap,
      process.gidMap,
      ...ifKnown(process.clone3),
      lsm.apparmorMediatesUserns,
    ]
  }
  if (failed.step.startsWith('create-')) return [limit, kernel.namespaces, ...ifKnown(process.clone3)]
  if (failed.step.startsWith('write-')) {
    const helpers = failed.mapper ? [subids.uid, subids.gid, subids.newuidmap, subids.newgidmap] : []
    return [process.uidMap, process.gidMap, process.setgroups, ...helpers]
  }
  return kind === 'mnt' ? [mounts.coveredProc, mounts.chroot] : []
}

/** Hints, which say nothing where they are missing. */
function ifKnown(fact: Fact<unknown>): Array<Fact<unknown>> {
  return isKnown(fact) ? [fact] : []
}
