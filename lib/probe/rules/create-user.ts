/**
 * unshare(CLONE_NEWUSER), in the order in which the kernel refuses: Debian's sysctl, the limits, the chroot,
 * the mapping of the own ids (create_user_ns()), then the security modules. A seccomp filter comes before
 * them all, but what it refuses cannot be read: it stands behind what can.
 */

import type { IdMapping } from '../../ids/index.js'
import { type HostFacts, isKnown, valueIn } from '../facts.js'
import { CREATE_USER } from '../step-families.js'
import type { FailedStep } from '../types.js'
import { limitedType } from './limited-type.js'
import {
  filterHidesClone3,
  isConfined,
  isFiltered,
  isHostAdmin,
  isOwn,
  isRestricted,
  isSelinuxEnforcing,
} from './policies.js'
import { certain, type Finding, likely, type Rule } from './rule.js'

export const CREATE_USER_RULES: readonly Rule[] = [
  { steps: CREATE_USER, codes: ['EPERM'], find: (_failed, facts) => debianSysctl(facts) },
  { steps: CREATE_USER, codes: ['EPERM'], find: (_failed, facts) => chroot(facts) },
  { steps: CREATE_USER, codes: ['EPERM'], find: (_failed, facts) => unmappedIds(facts) },
  {
    steps: CREATE_USER,
    codes: ['EPERM'],
    find: (failed, facts) => togetherRestricted(failed.together, facts),
  },
  { steps: CREATE_USER, codes: ['EPERM'], find: (failed, facts) => filter(failed.together, facts) },
  { steps: CREATE_USER, codes: ['EPERM'], find: (failed, facts) => togetherConfined(failed.together, facts) },
  { steps: CREATE_USER, codes: ['EPERM'], find: (_failed, facts) => hiddenChroot(facts) },
  {
    steps: CREATE_USER,
    codes: ['EACCES'],
    find: (failed, facts) => apparmorRefusal(isOwn(failed), facts),
  },
  { steps: /^create-/, codes: ['EACCES'], find: (_failed, facts) => selinux(facts) },
  { steps: /^create-/, codes: ['EACCES'], find: (_failed, facts) => filterWithErrno(facts) },
  { steps: CREATE_USER, codes: ['ENOSPC'], find: limit },
]

/** capable(CAP_SYS_ADMIN) is asked of the initial user namespace: root in a container does not have it. */
function debianSysctl(facts: HostFacts): Finding | undefined {
  const { unprivilegedUsernsClone } = facts.kernel
  if (valueIn(unprivilegedUsernsClone) !== 0) return undefined
  const admin = isHostAdmin(facts)
  if (admin === true) return undefined
  const { capEff, initialUserNamespace } = facts.process
  const scope = valueIn(initialUserNamespace) === false ? initialUserNamespace : capEff
  const found = admin === undefined ? likely : certain
  return found('sysctl-unprivileged-userns', unprivilegedUsernsClone, scope)
}

function chroot({ mounts }: HostFacts): Finding | undefined {
  return valueIn(mounts.chroot) === true ? certain('chroot', mounts.chroot) : undefined
}

/**
 * What is left where nothing else could refuse: in another mount namespace than init's its root is not to be
 * seen, and so not whether it is ours.
 */
function hiddenChroot({ mounts, kernel }: HostFacts): Finding | undefined {
  return isKnown(mounts.chroot) ? undefined : likely('chroot', mounts.chroot, kernel.release)
}

/** An unmapped id reads as the overflow id, which the map then does not hold either. */
function unmappedIds({ process }: HostFacts): Finding | undefined {
  const { euid, egid, uidMap, gidMap } = process
  if (lacks(valueIn(uidMap), valueIn(euid))) return certain('unmapped-ids', uidMap, euid)
  if (lacks(valueIn(gidMap), valueIn(egid))) return certain('unmapped-ids', gidMap, egid)
  return undefined
}

function lacks(map: readonly IdMapping[] | undefined, id: number | undefined): boolean {
  if (map === undefined || id === undefined) return false
  return !map.some(({ containerID, size }) => id >= containerID && id < containerID + size)
}

/**
 * In one call with others: the user namespace is made, and its missing CAP_SYS_ADMIN then refuses the next.
 */
function togetherRestricted(together: boolean | undefined, facts: HostFacts): Finding | undefined {
  const restricted = isRestricted(facts)
  if (!together || restricted === false) return undefined
  const found = restricted === undefined || isFiltered(facts) !== false ? likely : certain
  return found('apparmor', facts.lsm.restrictUserns, facts.lsm.label)
}

function togetherConfined(together: boolean | undefined, facts: HostFacts): Finding | undefined {
  return together && isConfined(facts) === true ? likely('apparmor', facts.lsm.label) : undefined
}

/** In one call with others, what the user namespace gave can have been taken away before the next. */
function filter(together: boolean | undefined, facts: HostFacts): Finding | undefined {
  const { seccomp, clone3 } = facts.process
  const alone = !together || (isConfined(facts) === false && isRestricted(facts) === false)
  if (filterHidesClone3(facts)) return (alone ? certain : likely)('seccomp', seccomp, clone3)
  return isFiltered(facts) === true ? likely('seccomp', seccomp) : undefined
}

/** security_create_user_ns(): AppArmor answers EACCES, and only where its ABI mediates user namespaces. */
function apparmorRefusal(own: boolean, facts: HostFacts): Finding | undefined {
  const { label, apparmorMediatesUserns, restrictUserns } = facts.lsm
  if (isConfined(facts) === true) {
    if (valueIn(apparmorMediatesUserns) === false) return undefined
    const sure = own && isKnown(apparmorMediatesUserns) && isFiltered(facts) === false
    return (sure ? certain : likely)('apparmor', label, apparmorMediatesUserns)
  }
  // Under the restriction a named profile in mode 'unconfined' needs `userns,` too; whether it has, is not to
  // be read.
  const named = valueIn(label)?.mode === 'unconfined' && valueIn(label)?.name !== 'unconfined'
  if (named && valueIn(restrictUserns) && isHostAdmin(facts) !== true) {
    return likely('apparmor', label, restrictUserns)
  }
  const restricted = isRestricted(facts)
  if (restricted === false) return undefined
  return (restricted ? certain : likely)('apparmor', restrictUserns, label)
}

/** user_namespace { create }, since Linux 6.1 and only where the policy knows the class. */
function selinux(facts: HostFacts): Finding | undefined {
  return isSelinuxEnforcing(facts)
    ? likely('selinux', facts.lsm.selinuxEnforcing, facts.lsm.label)
    : undefined
}

function filterWithErrno(facts: HostFacts): Finding | undefined {
  return isFiltered(facts) === true ? likely('seccomp', facts.process.seccomp) : undefined
}

/**
 * The count of every user namespace above is charged too, but only the own limit can be read. 33 levels deep
 * looks the same from inside, as the way up is closed (ioctl_ns(2), NS_GET_PARENT: EPERM).
 */
function limit(failed: FailedStep, facts: HostFacts): Finding {
  const { nestingDepth, initialUserNamespace } = facts.process
  const own = facts.kernel.limits[limitedType(failed, facts)]
  if (valueIn(own) === 0) return certain('namespace-limit', own)
  const depth = valueIn(nestingDepth)
  if (depth !== undefined && depth > 32) return certain('nesting-limit', nestingDepth)
  if (valueIn(initialUserNamespace) === true) return certain('namespace-limit', own, initialUserNamespace)
  const flatpak = facts.environment.containers.find((fact) => valueIn(fact) === 'flatpak')
  // bwrap --disable-userns leaves a limit of 1 in the namespace above; Flatpak runs all its programs so.
  if (flatpak !== undefined) return likely('namespace-limit', flatpak, own)
  if (valueIn(own) === undefined) return likely('namespace-limit', own, nestingDepth)
  return likely('nesting-limit', nestingDepth, initialUserNamespace, own)
}
