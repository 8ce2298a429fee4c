/** AppArmor after the user namespace is made: capabilities taken away, and mediated operations. */

import { type HostFacts, valueIn } from '../facts.js'
import type { FailedStep } from '../types.js'
import { isConfined, isFiltered, isOwn, isRestricted, isSelinuxEnforcing } from './policies.js'
import { certain, type Finding, likely } from './rule.js'

/**
 * A capability that the kernel gave and that is missing nevertheless: only a security module takes one away.
 * A refused capability is EPERM, whichever module did it.
 */
export function takenCapability(failed: FailedStep, facts: HostFacts): Finding | undefined {
  const { label, restrictUserns, selinuxEnforcing } = facts.lsm
  const restricted = isRestricted(facts)
  if (restricted !== false) return (restricted ? certain : likely)('apparmor', restrictUserns, label)
  if (isConfined(facts) === true) {
    const sure = isOwn(failed) && isFiltered(facts) === false
    return (sure ? certain : likely)('apparmor', label)
  }
  // unconfined_t has every capability in user namespaces (class cap_userns).
  const mayRefuse = isSelinuxEnforcing(facts) && valueIn(label)?.name !== 'unconfined_t'
  return mayRefuse ? likely('selinux', selinuxEnforcing, label) : undefined
}

/**
 * Of CAP_SYS_ADMIN. Where the map could be written it was there, and it is never sure that it went away
 * since.
 */
export function takenAdmin(failed: FailedStep, facts: HostFacts): Finding | undefined {
  const found = takenCapability(failed, facts)
  const proven = failed.namespaces.includes('user') && !failed.together
  return found !== undefined && proven ? { ...found, certain: false } : found
}

/** What AppArmor mediates itself (mount, pivot_root, files) it answers with EACCES. */
export function refusedOperation(failed: FailedStep, facts: HostFacts): Finding | undefined {
  const { label, selinuxEnforcing } = facts.lsm
  if (isConfined(facts) === true) {
    const sure = isOwn(failed) && isFiltered(facts) === false
    return (sure ? certain : likely)('apparmor', label)
  }
  // Ubuntu's transition puts the new namespace's processes under a profile that allows no mount.
  if (isRestricted(facts) === true) return certain('apparmor', facts.lsm.restrictUserns, label)
  if (isSelinuxEnforcing(facts)) return likely('selinux', selinuxEnforcing, label)
  return isFiltered(facts) === true ? likely('seccomp', facts.process.seccomp) : undefined
}
