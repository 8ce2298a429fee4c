/** Options about namespaces and ids. */

import type { IdMapInput } from '../../spawn/options.js'
import { NAMESPACE_TYPES } from '../../tables/namespaces.js'
import { mapOf, oneOf, typesOf } from '../arguments.js'
import type { OptionTable } from '../option.js'
import { durationOf, integerOf } from './amounts.js'
import { items, last, type Readers } from './reader.js'

export const MAPS = ['root', 'self', 'subids'] as const
const SETGROUPS = ['allow', 'deny'] as const

export const NAMESPACE_OPTIONS = {
  unshare: {
    elsewhere: [
      'user',
      'mount',
      'uts',
      'ipc',
      'net',
      'pid',
      'cgroup',
      'time',
      'unshare-all',
      'unshare-user',
      'unshare-ipc',
      'unshare-pid',
      'unshare-net',
      'unshare-uts',
      'unshare-cgroup',
      'network',
    ],
    type: 'string',
    short: 'u',
    multiple: true,
    value: 'TYPES',
    complete: [...NAMESPACE_TYPES, 'all'],
    list: true,
    help: 'new namespaces: user, mnt, uts, ipc, cgroup, net, pid, time; several with commas, or all',
  },
  join: {
    elsewhere: ['target', 'all', 'userns', 'pidns'],
    type: 'string',
    short: 'j',
    multiple: true,
    value: 'TARGET',
    complete: 'pid',
    help: `existing namespaces: PID for those of the process that are not yours, PID:TYPES for these, or the path of one,
      with a / in it (/run/netns/blue)`,
  },
  'uid-map': {
    elsewhere: ['map-user', 'map-users', 'map-root-user', 'map-current-user', 'map-auto'],
    type: 'string',
    multiple: true,
    value: 'MAP',
    complete: MAPS,
    help: `root: you are 0 (default); self: you keep your id; subids: you are 0, with your subordinate ids; or
      INSIDE:HOST:SIZE, several with commas. Needs --unshare user`,
  },
  'gid-map': {
    elsewhere: ['map-group', 'map-groups'],
    type: 'string',
    multiple: true,
    value: 'MAP',
    complete: MAPS,
    help: 'as --uid-map',
  },
  setgroups: {
    type: 'string',
    value: 'allow|deny',
    complete: SETGROUPS,
    help: 'whether setgroups(2) works in the new user namespace. Default: deny where the kernel demands it',
  },
  uid: {
    elsewhere: ['setuid'],
    type: 'string',
    value: 'ID',
    help: 'uid of the command, inside. Default: yours if it is mapped, else 0',
  },
  gid: { elsewhere: ['setgid'], type: 'string', value: 'ID', help: 'gid of the command, inside' },
  groups: {
    type: 'string',
    multiple: true,
    value: 'IDS',
    help: `supplementary groups, with commas; none where it is ''. Not in a map that was written without privilege`,
  },
  hostname: { type: 'string', value: 'NAME', help: 'needs --unshare uts' },
  domainname: { type: 'string', value: 'NAME', help: 'the NIS domain; needs --unshare uts' },
  monotonic: {
    type: 'string',
    value: 'SECONDS',
    help: 'added to CLOCK_MONOTONIC, also less than nothing: --monotonic=-1.5. Needs --unshare time',
  },
  boottime: { type: 'string', value: 'SECONDS', help: 'added to CLOCK_BOOTTIME, likewise' },
  'no-init': {
    elsewhere: ['as-pid-1'],
    type: 'boolean',
    help: 'with --unshare pid: the command itself is PID 1',
  },
  'no-loopback': { type: 'boolean', help: 'with --unshare net: lo stays down' },
} as const satisfies OptionTable

/** `--join` opens what it names: join.ts. */
export const NAMESPACE_READERS: Readers<Omit<typeof NAMESPACE_OPTIONS, 'join'>> = {
  unshare: (draft, values, flag) => {
    draft.unshare = values
      .flatMap((value) => value.split(','))
      .flatMap((word) => (word === 'all' ? NAMESPACE_TYPES : typesOf(flag, [word])))
  },
  'uid-map': (draft, values, flag) => {
    draft.uidMap = mapInput(flag, values)
  },
  'gid-map': (draft, values, flag) => {
    draft.gidMap = mapInput(flag, values)
  },
  setgroups: (draft, values, flag) => {
    draft.setgroups = oneOf(flag, last(values), SETGROUPS)
  },
  uid: (draft, values, flag) => {
    draft.uid = integerOf(flag, last(values))
  },
  gid: (draft, values, flag) => {
    draft.gid = integerOf(flag, last(values))
  },
  groups: (draft, values, flag) => {
    draft.groups = items(values).map((value) => integerOf(flag, value))
  },
  hostname: (draft, values) => {
    draft.hostname = last(values)
  },
  domainname: (draft, values) => {
    draft.domainname = last(values)
  },
  monotonic: (draft, values, flag) => {
    draft.timeOffsets = { ...draft.timeOffsets, monotonic: durationOf(flag, last(values)) }
  },
  boottime: (draft, values, flag) => {
    draft.timeOffsets = { ...draft.timeOffsets, boottime: durationOf(flag, last(values)) }
  },
  'no-init': (draft) => {
    draft.init = false
  },
  'no-loopback': (draft) => {
    draft.loopback = false
  },
}

/** A word for the whole map, or its entries. */
export function mapInput(flag: string, values: readonly [string, ...string[]]): IdMapInput {
  const word = MAPS.find((each) => each === values[0])
  return word !== undefined && values.length === 1 ? word : mapOf(flag, values)
}
