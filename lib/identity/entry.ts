/** What the registry is told of a container, checked, and what it keeps of it. */

import { type IdKind, IdMap, INVALID_ID } from '../ids/index.js'
import {
  checkArray,
  checkId,
  checkInteger,
  checkObject,
  checkText,
  invalidValue,
  rangeError,
  typeError,
} from '../plan/check.js'
import { nearest } from '../plan/option-names.js'
import { bootId } from './boot.js'
import { hostIds } from './host-ids.js'

/** What a registry is told of a container. */
export interface ContainerEntry {
  /** The name in logs and attributions. Several entries may have it: replicas, or one container's lives. */
  name: string
  /** Host ids are ids of the initial user namespace, which audit records and the host's files show. */
  uidMap: IdMap
  /** Without it, no gid is this container's. */
  gidMap?: IdMap | undefined
  /**
   * Host ids of `uidMap` that others on the host have too: by range they make nobody certain. Default: 0, the caller's
   * own, and those in /etc/passwd. `[]` says that the container has all of its ids to itself.
   */
  sharedUids?: readonly number[] | undefined
  /** The same of `gidMap`, with the caller's groups, and those in /etc/group. */
  sharedGids?: readonly number[] | undefined
  /** Inode of its user namespace. */
  userNamespace?: bigint | undefined
  /** Its kernel audit session: `ses=` in the records of its tree. Of this boot, as then the entry is: see open(). */
  auditSession?: number | undefined
  /** Its cgroup and all below it: a directory in /sys/fs/cgroup, or the path that /proc/PID/cgroup shows. */
  cgroup?: string | undefined
  /** Since when, inclusive, it has its ids. Default: since ever. */
  from?: Date | undefined
  /** Until when, exclusive. Default: open. */
  to?: Date | undefined
}

/** An entry as it is kept: never changed, only replaced by another with the same key. Times are milliseconds. */
export interface Registration {
  readonly key: string
  readonly name: string
  readonly uidMap: IdMap
  readonly gidMap: IdMap | undefined
  readonly shared: Readonly<Record<IdKind, ReadonlySet<number>>>
  readonly userNamespace: bigint | undefined
  readonly auditSession: number | undefined
  readonly cgroup: string | undefined
  /** The boot with which it ends; undefined for what is configured and outlives it, or has its end. */
  readonly boot: string | undefined
  readonly from: number
  readonly to: number
}

const ENTRY_NAMES = [
  ...['name', 'uidMap', 'gidMap', 'sharedUids', 'sharedGids'],
  ...['userNamespace', 'auditSession', 'cgroup', 'from', 'to'],
]

/** A copy of `entry`. TypeError or RangeError, naming the member, where it is wrong. */
export function checkEntry(entry: ContainerEntry, key: string): Registration {
  const members = checkObject('entry', entry)
  const unknown = Object.keys(members).find((member) => !ENTRY_NAMES.includes(member))
  if (unknown !== undefined) throw unknownMember(unknown)
  const { name, uidMap, gidMap, sharedUids, sharedGids, userNamespace, auditSession, cgroup, from, to } =
    entry
  const registration: Registration = {
    key,
    name: checkName(name),
    uidMap: checkMap('entry.uidMap', uidMap),
    gidMap: gidMap === undefined ? undefined : checkMap('entry.gidMap', gidMap),
    shared: {
      uid: sharedIds('uid', uidMap, sharedUids),
      gid: sharedIds('gid', gidMap, sharedGids),
    },
    userNamespace: userNamespace === undefined ? undefined : checkInode(userNamespace),
    auditSession: auditSession === undefined ? undefined : checkSession('entry.auditSession', auditSession),
    cgroup: cgroup === undefined ? undefined : checkCgroup('entry.cgroup', cgroup),
    boot: auditSession === undefined ? undefined : bootId(),
    from: from === undefined ? Number.NEGATIVE_INFINITY : checkTime('entry.from', from),
    to: to === undefined ? Number.POSITIVE_INFINITY : checkTime('entry.to', to),
  }
  if (registration.to < registration.from) throw rangeError('entry.to', 'no earlier than entry.from', to)
  return registration
}

function unknownMember(name: string): TypeError {
  const near = nearest(name, ENTRY_NAMES)
  const hint = near === undefined ? `there are ${ENTRY_NAMES.join(', ')}` : `did you mean '${near}'?`
  return new TypeError(`unknown member 'entry.${name}'; ${hint}`)
}

/** `called`: where it comes from. */
export function checkName(name: unknown, called = 'name'): string {
  const text = checkText(called, name)
  if (text === '') throw invalidValue(called, 'a string with something in it', name)
  return text
}

export function checkTime(name: string, value: unknown): number {
  if (!(value instanceof Date)) throw typeError(name, 'a Date', value)
  const time = value.getTime()
  if (Number.isNaN(time)) throw rangeError(name, 'a valid Date', value)
  return time
}

/** 4294967295 says that there is no session. */
export function checkSession(name: string, value: unknown): number {
  return checkInteger(name, value, 0, INVALID_ID - 1)
}

const CGROUP_MOUNT = /^\/sys\/fs\/cgroup(?=\/|$)/

/** The path below the cgroup2 mount, without a slash at its end. */
export function checkCgroup(name: string, value: unknown): string {
  const path = checkText(name, value)
    .replace(/^0::/, '')
    .replace(CGROUP_MOUNT, '')
    .replace(/\/{2,}/g, '/')
    .replace(/\/$/, '')
  if (path === '' || !path.startsWith('/'))
    throw invalidValue(name, 'an absolute path below the root cgroup', value)
  return path
}

function checkMap(name: string, value: unknown): IdMap {
  if (!(value instanceof IdMap)) throw typeError(name, 'an IdMap', value)
  return value
}

/** What most containers share, of which there may be thousands. */
const NONE: ReadonlySet<number> = new Set()

/** Those that the map has. */
function sharedIds(kind: IdKind, map: IdMap | undefined, given: unknown): ReadonlySet<number> {
  const ids =
    given === undefined ? hostIds(kind) : checkIds(`entry.shared${kind === 'uid' ? 'Uids' : 'Gids'}`, given)
  const shared = map === undefined ? [] : Array.from(ids).filter((id) => map.toContainer(id) !== undefined)
  return shared.length === 0 ? NONE : new Set(shared)
}

function checkIds(name: string, value: unknown): number[] {
  return checkArray(name, value).map((id, index) => checkId(`${name}[${index}]`, id))
}

function checkInode(value: unknown): bigint {
  if (typeof value !== 'bigint') throw typeError('entry.userNamespace', 'a bigint', value)
  if (value <= 0n) throw rangeError('entry.userNamespace', 'an inode number', value)
  return value
}
