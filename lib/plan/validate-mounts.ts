/** Entries of `mounts`: each is checked by its type, and every default filled in. */

import { posix, resolve } from 'node:path'
import type { Mount } from '../spawn/mount.js'
import type { NamespaceType } from '../tables/namespaces.js'
import {
  checkArray,
  checkBoolean,
  checkInteger,
  checkObject,
  checkText,
  invalidValue,
  rangeError,
  typeError,
} from './check.js'
import { DEVICES } from './dev.js'
import { MAX_TREES } from './format.js'
import { ATTRIBUTES } from './mount-attributes.js'
import { mayCreate } from './mount-points.js'
import { nearest } from './option-names.js'
import { overlayOptions } from './overlay.js'
import type { BindSettings, FilesystemSettings, MountSettings, NamespaceSettings } from './settings.js'
import { MOUNT_FLAGS } from './use.js'
import { checkMap } from './validate-namespaces.js'

const COMMON = ['type', 'destination']
/** The keys of each type. */
const KEYS: { readonly [T in Mount['type']]: readonly string[] } = {
  bind: [...COMMON, 'source', 'recursive', 'idMap', ...ATTRIBUTES.map(([name]) => name)],
  tmpfs: [...COMMON, 'size', 'mode', 'readonly', 'noexec'],
  proc: [...COMMON, 'readonly'],
  sysfs: [...COMMON, 'readonly'],
  mqueue: [...COMMON, 'readonly'],
  devpts: [...COMMON, 'readonly'],
  cgroup2: [...COMMON, 'readonly'],
  dev: COMMON,
  overlay: [...COMMON, 'lower', 'upper', 'work'],
  symlink: [...COMMON, 'target'],
  file: [...COMMON, 'content', 'mode'],
}
const TYPES = Object.keys(KEYS) as Array<Mount['type']>

/** A new one shows the namespace of whoever mounts it; of the host's the kernel refuses one to a user namespace. */
export const NEEDS: { readonly [T in Mount['type']]?: NamespaceType } = {
  proc: 'pid',
  sysfs: 'net',
  mqueue: 'ipc',
  cgroup2: 'cgroup',
}

/** All contents of one plan; what holds more is better bound. */
const MAX_CONTENT = 8 << 20

type RootKind = FilesystemSettings['root']['kind']

export function validateMounts(
  value: unknown,
  root: RootKind,
  namespaces: NamespaceSettings,
): MountSettings[] {
  const mounts: MountSettings[] = []
  if (value === undefined) return mounts
  checkArray('mounts', value ?? []).forEach((entry, index) => {
    const name = `mounts[${index}]`
    const mount = checkObject(name, entry)
    const type = checkType(name, mount)
    const destination = destinationOf(`${name}.destination`, mount.destination)
    requireNamespace(name, type, namespaces)
    mounts.push(fill(name, mount, type, destination, mayCreate(root, mounts, destination), namespaces))
  })
  const sources = mounts.reduce(
    (sum, { type }) => sum + (type === 'bind' ? 1 : type === 'dev' ? DEVICES.length : 0),
    1,
  )
  if (sources > MAX_TREES) throw rangeError('mounts', `at most ${MAX_TREES} sources of binds`, sources)
  const size = mounts.reduce((sum, mount) => sum + (mount.type === 'file' ? mount.content.length : 0), 0)
  if (size > MAX_CONTENT) throw rangeError('mounts: content', `at most ${MAX_CONTENT} bytes in all`, size)
  return mounts
}

function checkType(name: string, mount: Record<string, unknown>): Mount['type'] {
  const { type } = mount
  if (!isMountType(type)) {
    throw invalidValue(`${name}.type`, `one of ${TYPES.map((each) => `'${each}'`).join(', ')}`, type)
  }
  const known = KEYS[type]
  for (const key in mount) {
    if (known.includes(key) || mount[key] === undefined) continue
    const near = nearest(key, known)
    const hint = near === undefined ? `it has ${known.join(', ')}` : `did you mean '${near}'?`
    throw new TypeError(`unknown option '${name}.${key}' of type '${type}'; ${hint}`)
  }
  return type
}

function isMountType(value: unknown): value is Mount['type'] {
  return typeof value === 'string' && Object.hasOwn(KEYS, value)
}

/** As almost every path is written: nothing to normalize, and nothing to refuse. */
const CLEAN = /^(?:\/(?!\.{1,2}(?:\/|$))[^/\0]+)+$/

function isClean(value: unknown): value is string {
  return typeof value === 'string' && CLEAN.test(value)
}

/** Written as the kernel will walk it: without "." and "..", which behind a link would mean something else. */
export function destinationOf(name: string, value: unknown): string {
  if (isClean(value)) return value
  const path = checkText(name, value)
  if (!path.startsWith('/')) throw invalidValue(name, 'an absolute path', value)
  if (path.split('/').includes('..')) throw invalidValue(name, "a path without '..'", value)
  const normal = posix.normalize(path).replace(/(.)\/$/, '$1')
  if (normal === '/') throw invalidValue(name, "a path below '/': what is there is the option root", value)
  return normal
}

function requireNamespace(name: string, type: Mount['type'], { unshare, join }: NamespaceSettings): void {
  const needed = NEEDS[type]
  if (needed === undefined || unshare.has(needed)) return
  const joined = join.some((each) => ('fd' in each ? each.type === needed : each.types.includes(needed)))
  if (!joined) throw new TypeError(`${name}: type '${type}' requires unshare: '${needed}'`)
}

function fill(
  name: string,
  mount: Record<string, unknown>,
  type: Mount['type'],
  destination: string,
  create: boolean,
  namespaces: NamespaceSettings,
): MountSettings {
  switch (type) {
    case 'bind':
      return bind(name, mount, destination, create, namespaces)
    case 'tmpfs':
      return {
        type,
        destination,
        options: tmpfsOptions(name, mount),
        flags: MOUNT_FLAGS.nosuid | MOUNT_FLAGS.nodev | askedFlags(name, mount),
        mayCreate: create,
      }
    case 'overlay':
      return { type, destination, options: overlayOptions(name, mount), mayCreate: create }
    case 'dev':
      return { type, destination, mayCreate: create }
    case 'symlink':
      if (!create) throw notOurs(name, type, destination)
      return { type, destination, target: nonEmpty(`${name}.target`, mount.target) }
    case 'file':
      return {
        type,
        destination,
        content: contentOf(`${name}.content`, mount.content),
        mode: checkMode(name, mount.mode, 0o644, 0o777),
        mayCreate: create,
      }
    case 'devpts': {
      // Without newinstance it was the host's before 4.7; without a gid, as only mapped ones are taken.
      const options = 'newinstance,ptmxmode=0666,mode=620'
      const flags = MOUNT_FLAGS.nosuid | MOUNT_FLAGS.noexec | askedFlags(name, mount)
      return { type, destination, options, flags, mayCreate: create }
    }
    default: {
      const { nosuid, nodev, noexec } = MOUNT_FLAGS
      const flags = nosuid | nodev | noexec | askedFlags(name, mount)
      return { type, destination, options: '', flags, mayCreate: create }
    }
  }
}

/** Of those that its type takes. */
function askedFlags(name: string, mount: Record<string, unknown>): number {
  let flags = 0
  for (const key of ['readonly', 'noexec'] as const) {
    if (mount[key] !== undefined && checkBoolean(`${name}.${key}`, mount[key])) flags |= MOUNT_FLAGS[key]
  }
  return flags
}

function bind(
  name: string,
  mount: Record<string, unknown>,
  destination: string,
  create: boolean,
  namespaces: NamespaceSettings,
): BindSettings {
  let attributes = 0
  for (const [key, bit] of ATTRIBUTES) {
    const value = mount[key]
    if (value === true || (value !== undefined && checkBoolean(`${name}.${key}`, value))) attributes |= bit
  }
  return {
    type: 'bind',
    source: sourceOf(name, mount.source),
    destination,
    recursive: checkBoolean(`${name}.recursive`, mount.recursive) ?? true,
    attributes,
    idMap: mount.idMap === undefined ? undefined : idMap(`${name}.idMap`, mount.idMap, namespaces),
    mayCreate: create,
  }
}

function sourceOf(name: string, value: unknown): string {
  return isClean(value) ? value : resolve(nonEmpty(`${name}.source`, value))
}

function idMap(
  name: string,
  value: unknown,
  { join }: NamespaceSettings,
): NonNullable<BindSettings['idMap']> {
  const maps = checkObject(name, value)
  // Its source is taken where the caller's privilege is, which is not where join leads.
  const elsewhere = join.some((each) => ('fd' in each ? each.type === 'mnt' : each.types.includes('mnt')))
  if (elsewhere) throw new TypeError(`${name} cannot be combined with join of a mount namespace`)
  for (const kind of ['uid', 'gid'])
    if (maps[kind] === undefined) throw typeError(`${name}.${kind}`, 'a map', undefined)
  return { uid: checkMap(`${name}.uid`, maps.uid), gid: checkMap(`${name}.gid`, maps.gid) }
}

function tmpfsOptions(name: string, { size, mode }: Record<string, unknown>): string {
  const options = [`mode=${checkMode(name, mode, 0o1777, 0o7777).toString(8).padStart(4, '0')}`]
  // To the kernel 0 is no limit.
  if (size !== undefined) {
    options.push(`size=${checkInteger(`${name}.size`, size, 1, Number.MAX_SAFE_INTEGER)}`)
  }
  return options.join(',')
}

function checkMode(name: string, value: unknown, otherwise: number, most: number): number {
  return value === undefined ? otherwise : checkInteger(`${name}.mode`, value, 0, most)
}

function contentOf(name: string, value: unknown): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value)
  // No instanceof alone: an array of another realm is one as well.
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  throw typeError(name, 'a string or a Uint8Array', value)
}

function nonEmpty(name: string, value: unknown): string {
  const text = checkText(name, value)
  if (text === '') throw invalidValue(name, 'a non-empty string', value)
  return text
}

function notOurs(name: string, type: string, destination: string): TypeError {
  return new TypeError(
    `${name}: a ${type} is only made in root: 'empty' or in a tmpfs of mounts, not at ${destination}`,
  )
}
