/** The field names that mean something here, one table. auparse's typetab.h is the reference for what is encoded. */

import { ascii } from './bytes.js'

/** What a field is. Bits. */
export const FIELD = {
  /** A user or group id that the kernel wrote: of the initial user namespace, whoever acts. */
  uid: 1,
  gid: 2,
  /** Together with uid or gid: not the actor's. The owner of an inode, the target of a signal, a claim of a program. */
  object: 4,
  /** A string that is unquoted hex where it has bytes that cannot be quoted. */
  encoded: 8,
  /** Many values have spaces and no quotes. */
  words: 16,
  /** One of those that tell who acts. */
  actor: 32,
  /** The audit session of a signal's target. */
  objectSession: 64,
  /** A user's or a group's, as the record's type says. */
  either: 128,
} as const

const ACTOR_IDS = ['uid', 'auid'] as const
const SUBJECT_UIDS = ['euid', 'suid', 'fsuid', 'old-auid', 'iuid']
const SUBJECT_GIDS = ['gid', 'egid', 'sgid', 'fsgid', 'igid']
const OBJECT_UIDS = ['ouid', 'oauid', 'obj_uid', 'inode_uid', 'sauid']
const OBJECT_GIDS = ['ogid', 'obj_gid', 'inode_gid', 'new_gid']
const ENCODED = [
  ...[
    'name',
    'comm',
    'exe',
    'cwd',
    'proctitle',
    'key',
    'path',
    'acct',
    'cmd',
    'data',
    'dir',
    'file',
    'watch',
  ],
  ...['vm', 'device', 'cgroup', 'ocomm', 'grp', 'new_group', 'invalid_context', 'sw', 'root_dir'],
  ...['old-disk', 'new-disk', 'old-fs', 'new-fs', 'old-net', 'new-net', 'old-rng', 'new-rng'],
  ...['old-chardev', 'new-chardev'],
  ...['apparmor', 'operation', 'denied_mask', 'requested_mask', 'info', 'profile'],
]

interface Field {
  readonly name: Uint8Array
  readonly hash: number
  readonly traits: number
}

function table(names: readonly string[], traits: number): Field[] {
  return names.map((text) => {
    const name = ascii(text)
    return { name, hash: name.reduce(hashByte, HASH_START), traits }
  })
}

/** FNV-1a, taken along while a name is read. */
export const HASH_START = 0x811c9dc5 | 0
export function hashByte(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193)
}

const FIELDS: readonly Field[] = [
  ...table(ACTOR_IDS, FIELD.uid | FIELD.actor),
  ...table(['ses'], FIELD.actor),
  ...table(SUBJECT_UIDS, FIELD.uid),
  ...table(SUBJECT_GIDS, FIELD.gid),
  ...table(OBJECT_UIDS, FIELD.uid | FIELD.object),
  ...table(OBJECT_GIDS, FIELD.gid | FIELD.object),
  ...table(['id'], FIELD.uid | FIELD.object | FIELD.either),
  ...table(['oses'], FIELD.objectSession),
  ...table(ENCODED, FIELD.encoded),
  ...table(['op'], FIELD.words),
]

/** By the low bits of their hashes, as many as tell all apart: a lookup is one look. */
const slots = spread(FIELDS)
const mask = slots.length - 1
const hashes = Int32Array.from(slots, (field) => field?.hash ?? 0)

function spread(fields: readonly Field[]): Array<Field | undefined> {
  for (let size = 256; ; size *= 2) {
    const table = new Array<Field | undefined>(size).fill(undefined)
    for (const field of fields) table[field.hash & (size - 1)] = field
    if (fields.every((field) => table[field.hash & (size - 1)] === field)) return table
  }
}

/** The traits of the field whose name stands at `start`; 0 where it is not in the table. */
export function traitsOf(hash: number, bytes: Uint8Array, start: number, end: number): number {
  const slot = hash & mask
  if (hashes[slot] !== hash) return 0
  const field = slots[slot]
  if (field === undefined || field.name.length !== end - start) return 0
  for (let i = 0; i < field.name.length; i++) if (bytes[start + i] !== field.name[i]) return 0
  return field.traits
}

export function isIdField(traits: number): boolean {
  return (traits & (FIELD.uid | FIELD.gid)) !== 0
}
