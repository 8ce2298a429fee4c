/**
 * Whether a policy that was read concerns this process at all. Three answers: yes, no, and undefined for
 * unreadable.
 */

import { type CapabilityName, capabilityBit } from '../../status/index.js'
import { type HostFacts, valueIn } from '../facts.js'
import type { FailedStep } from '../types.js'

export function hasCapability({ process }: HostFacts, name: CapabilityName): boolean | undefined {
  const mask = valueIn(process.capEff)
  const bit = capabilityBit(name)
  return mask === undefined || bit === undefined ? undefined : ((mask >> BigInt(bit)) & 1n) === 1n
}

/** capable(): in the initial user namespace, which no capability of a nested one reaches. */
export function isHostAdmin(facts: HostFacts): boolean | undefined {
  const initial = valueIn(facts.process.initialUserNamespace)
  const admin = hasCapability(facts, 'CAP_SYS_ADMIN')
  if (initial === false || admin === false) return false
  return initial === undefined || admin === undefined ? undefined : true
}

/** A filter is in force. What it refuses cannot be read. */
export function isFiltered({ process }: HostFacts): boolean | undefined {
  const seccomp = valueIn(process.seccomp)
  return seccomp === undefined ? undefined : seccomp.mode !== 0
}

/**
 * clone3(2) takes its flags through a pointer, which no filter can follow: filters that refuse namespaces
 * answer ENOSYS to it, so that libc falls back on clone(2) (Docker, systemd, Flatpak).
 */
export function filterHidesClone3(facts: HostFacts): boolean {
  return valueIn(facts.process.seccomp)?.mode === 2 && valueIn(facts.process.clone3) === 'ENOSYS'
}

/**
 * A profile in force that can refuse. 'complain' only logs; 'unconfined' is also a mode of named profiles.
 */
export function isConfined({ lsm }: HostFacts): boolean | undefined {
  const label = valueIn(lsm.label)
  if (label === undefined) return undefined
  return label.module === 'apparmor' && ['enforce', 'kill', 'prompt', 'mixed'].includes(label.mode ?? '')
}

/**
 * Ubuntu's restriction: for what is unconfined and without CAP_SYS_ADMIN. Undefined where it is on but the
 * rest unread.
 */
export function isRestricted(facts: HostFacts): boolean | undefined {
  const value = valueIn(facts.lsm.restrictUserns)
  if (value === undefined || value === 0) return false
  const label = valueIn(facts.lsm.label)
  // A profile in mode 'unconfined' that grants userns is how Ubuntu exempts a program.
  if (label !== undefined && label.name !== 'unconfined') return false
  const admin = isHostAdmin(facts)
  if (admin === true) return false
  return label === undefined || admin === undefined ? undefined : true
}

/** SELinux refuses only while it enforces, and nothing to the types that are above all rules. */
export function isSelinuxEnforcing({ lsm }: HostFacts): boolean {
  const label = valueIn(lsm.label)
  if (valueIn(lsm.selinuxEnforcing) !== true) return false
  return label === undefined || (label.module === 'selinux' && !/^(spc|kernel)_t$/.test(label.name))
}

/** The new user namespace gave all capabilities; writing its map from inside proved CAP_SYS_ADMIN. */
export function hasProvenAdmin(failed: FailedStep, facts: HostFacts): boolean | undefined {
  if (failed.together) return false
  return failed.namespaces.includes('user') ? true : hasCapability(facts, 'CAP_SYS_ADMIN')
}

/**
 * The facts are of this process. Another program may have a profile of its own, but inherits filters and ids.
 */
export function isOwn(failed: FailedStep): boolean {
  return failed.program === undefined
}

/** A map that the kernel takes from anyone: one entry, the own id. */
export function isOwnIdMap(failed: FailedStep, facts: HostFacts): boolean {
  const { maps } = failed
  if (maps === undefined) return !failed.mapper
  const [uid, ...moreUids] = maps.uid
  const [gid, ...moreGids] = maps.gid
  const own = (hostID: number | undefined, size: number | undefined, id: number | undefined) =>
    size === 1 && id !== undefined && hostID === id
  return (
    moreUids.length === 0 &&
    moreGids.length === 0 &&
    own(uid?.hostID, uid?.size, valueIn(facts.process.euid)) &&
    own(gid?.hostID, gid?.size, valueIn(facts.process.egid))
  )
}
