/** Writes to setgroups, uid_map and gid_map (user_namespaces(7)). */

import type { IdMapping } from '../../ids/index.js'
import { isSince } from '../facts/kernel.js'
import { READ_ONLY } from '../facts/mounts.js'
import { type HostFacts, known, valueIn } from '../facts.js'
import { WRITE_MAPS } from '../step-families.js'
import type { FailedStep } from '../types.js'
import { refusedOperation, takenCapability } from './apparmor.js'
import { hasCapability, isConfined, isFiltered, isOwnIdMap } from './policies.js'
import { certain, type Finding, likely, type Rule } from './rule.js'

const MAP = /^write-(uid|gid)-map$/
const SETGROUPS = /^write-setgroups$/

export const MAP_RULES: readonly Rule[] = [
  { steps: /^open-proc$/, codes: ['EACCES'], find: (_failed, facts) => confinedFiles(facts) },
  { steps: /^open-proc$/, find: (_failed, facts) => withoutProc(facts) },
  { steps: SETGROUPS, codes: ['EPERM'], find: deniedAbove },
  { steps: SETGROUPS, codes: ['ENOENT'], find: (_failed, facts) => withoutSetgroups(facts) },
  { steps: MAP, codes: ['EPERM'], find: unmappedOutside },
  { steps: /^write-uid-map$/, codes: ['EPERM'], find: rootWithoutSetfcap },
  { steps: MAP, codes: ['EPERM'], find: foreignIds },
  { steps: /^write-gid-map$/, codes: ['EPERM'], find: setgroupsAllowed },
  { steps: MAP, codes: ['EPERM'], find: capabilityTaken },
  // proc_setgroups_open() turns the missing CAP_SYS_ADMIN into EACCES; a file that AppArmor refuses is EACCES
  // too.
  { steps: SETGROUPS, codes: ['EACCES'], find: takenCapability },
  { steps: WRITE_MAPS, codes: ['EACCES'], find: refusedOperation },
  { steps: WRITE_MAPS, codes: ['EROFS'], find: (_failed, facts) => readOnlyProc(facts) },
  { steps: /^set-(uid|gid)$/, codes: ['EINVAL'], find: outsideMap },
  { steps: /^set-groups$/, codes: ['EPERM'], find: groupsDenied },
]

/** Maps are written through /proc/self: no other way leads to them. */
function withoutProc({ mounts }: HostFacts): Finding {
  const absent = 'unreadable' in mounts.table && mounts.table.unreadable === 'ENOENT'
  return (absent ? certain : likely)('masked-proc', mounts.table)
}

/** A profile without a rule for its files, as LibreOffice's for what it starts. Ubuntu's restriction leaves files alone. */
function confinedFiles(facts: HostFacts): Finding | undefined {
  return isConfined(facts) === true ? likely('apparmor', facts.lsm.label) : undefined
}

/** 'deny' is inherited and cannot be taken back. */
function deniedAbove({ maps }: FailedStep, { process }: HostFacts): Finding | undefined {
  if (valueIn(process.setgroups) !== 'deny' || maps?.setgroups === 'deny') return undefined
  return (maps === undefined ? likely : certain)('setgroups', process.setgroups)
}

/** The file came with Linux 3.19. */
function withoutSetgroups({ kernel }: HostFacts): Finding | undefined {
  return isSince(kernel.release, 3, 19) === false ? certain('kernel-config', kernel.release) : undefined
}

/** Each entry must lie inside one extent of the map that is in force here. */
function unmappedOutside({ step, maps }: FailedStep, { process }: HostFacts): Finding | undefined {
  const kind = step === 'write-uid-map' ? 'uid' : 'gid'
  const fact = process[`${kind}Map`]
  const outer = valueIn(fact)
  if (maps === undefined || outer === undefined) return undefined
  return maps[kind].every((entry) => liesWithin(entry, outer)) ? undefined : certain('unmapped-ids', fact)
}

function liesWithin({ hostID, size }: IdMapping, outer: readonly IdMapping[]): boolean {
  return outer.some((each) => hostID >= each.containerID && hostID + size <= each.containerID + each.size)
}

/** They are files of /proc: where that is mounted read-only nobody can write them. */
function readOnlyProc({ mounts }: HostFacts): Finding {
  const { coveredProc } = mounts
  const proven = valueIn(coveredProc)?.some((cover) => cover.endsWith(READ_ONLY)) ?? false
  return (proven ? certain : likely)('masked-proc', coveredProc)
}

/**
 * verify_root_map(), since 5.12: who maps the parent's uid 0 could otherwise make file capabilities for it.
 * Stable releases of earlier series took it over (5.10.262 has it), others did not.
 */
function rootWithoutSetfcap({ maps }: FailedStep, facts: HostFacts): Finding | undefined {
  const mapsRoot =
    maps === undefined ? valueIn(facts.process.euid) === 0 : maps.uid.some(({ hostID }) => hostID === 0)
  if (!mapsRoot || hasCapability(facts, 'CAP_SETFCAP') !== false) return undefined
  const asked = isSince(facts.kernel.release, 5, 12) !== false
  return (asked ? certain : likely)('missing-capability', facts.process.capEff, facts.kernel.release)
}

/** new_idmap_permitted(): other ids than the own need CAP_SETUID or CAP_SETGID outside. */
function foreignIds(failed: FailedStep, facts: HostFacts): Finding | undefined {
  if (failed.mapper || failed.maps === undefined || isOwnIdMap(failed, facts)) return undefined
  const capability = failed.step === 'write-uid-map' ? 'CAP_SETUID' : 'CAP_SETGID'
  if (hasCapability(facts, capability) !== false) return undefined
  return certain('missing-capability', facts.process.capEff)
}

/** Since 3.19 a gid_map without privilege wants setgroups denied first (CVE-2014-8989). */
function setgroupsAllowed({ maps, mapper }: FailedStep, facts: HostFacts): Finding | undefined {
  if (mapper || maps?.setgroups !== 'allow' || hasCapability(facts, 'CAP_SETGID') !== false) return undefined
  return certain('setgroups', facts.process.capEff)
}

/** What is left to the kernel itself is CAP_SYS_ADMIN over the new namespace, which its creator has. */
function capabilityTaken(failed: FailedStep, facts: HostFacts): Finding | undefined {
  const found = takenCapability(failed, facts)
  if (found === undefined || (isOwnIdMap(failed, facts) && isFiltered(facts) !== undefined)) return found
  return { ...found, certain: false }
}

function outsideMap({ step }: FailedStep): Finding {
  const kind = step === 'set-uid' ? 'uid' : 'gid'
  return certain('unmapped-ids', known(`${kind} map of the new user namespace`, true, 'has no such id'))
}

function groupsDenied({ maps }: FailedStep, { process }: HostFacts): Finding | undefined {
  if (maps?.setgroups === 'deny') {
    return certain('setgroups', known('setgroups', 'deny', 'deny in the new user namespace'))
  }
  return valueIn(process.setgroups) === 'deny' ? certain('setgroups', process.setgroups) : undefined
}
