/** The options about files: each alone, then against the namespaces that they need. Pure but for the working directory. */

import { resolve } from 'node:path'
import type { SpawnOptions } from '../spawn/options.js'
import type { NamespaceType } from '../tables/namespaces.js'
import { checkArray, checkBoolean, checkText, invalidValue } from './check.js'
import { isBelow } from './mount-points.js'
import type { FilesystemSettings, MountSettings, NamespaceSettings } from './settings.js'
import { destinationOf, validateMounts } from './validate-mounts.js'

const ROOT_OPTIONS = ['root', 'rootReadonly', 'mounts', 'maskedPaths', 'readonlyPaths'] as const

export function validateFilesystem(options: SpawnOptions, namespaces: NamespaceSettings): FilesystemSettings {
  const { unshare } = namespaces
  const root = checkRoot(options.root)
  if (!unshare.has('mnt')) requireNoView(options)
  const mounts = validateMounts(options.mounts, root.kind, namespaces)
  const proc = checkProc(options.proc, unshare, root.kind, mounts)
  return {
    root,
    rootReadonly: checkBoolean('rootReadonly', options.rootReadonly) ?? false,
    mounts: proc === 'none' ? mounts : onProc(mounts),
    proc,
    maskedPaths: checkPaths('maskedPaths', options.maskedPaths),
    readonlyPaths: checkPaths('readonlyPaths', options.readonlyPaths),
  }
}

/** /proc is there before `mounts`, without being one of them, and nothing can be made in it. */
function onProc(mounts: readonly MountSettings[]): readonly MountSettings[] {
  if (!mounts.some(({ destination }) => isBelow(destination, '/proc'))) return mounts
  return mounts.map((mount, index) => {
    if (!('mayCreate' in mount) || !isBelow(mount.destination, '/proc')) return mount
    const another = mounts.slice(0, index).some(({ destination }) => isBelow(mount.destination, destination))
    return another ? mount : { ...mount, mayCreate: false }
  })
}

function checkRoot(value: unknown): FilesystemSettings['root'] {
  if (value === undefined || value === 'host') return { kind: 'host' }
  if (value === 'empty') return { kind: 'tmpfs' }
  const path = checkText('root', value)
  // A misspelt 'host' must not become a relative path.
  if (!path.includes('/')) throw invalidValue('root', "'host', 'empty' or a path with a '/' in it", value)
  return { kind: 'directory', path: resolve(path) }
}

/** In the caller's mount namespace, or in one that others live in, all this would stay. */
function requireNoView(options: SpawnOptions): void {
  for (const name of ROOT_OPTIONS) {
    const value = options[name]
    const asks = Array.isArray(value)
      ? value.length > 0
      : value !== undefined && value !== 'host' && value !== false
    if (asks) throw new TypeError(`${name} requires unshare: 'mnt'`)
  }
}

function checkProc(
  value: unknown,
  unshare: ReadonlySet<NamespaceType>,
  root: FilesystemSettings['root']['kind'],
  mounts: readonly MountSettings[],
): FilesystemSettings['proc'] {
  if (value === 'host') {
    if (!unshare.has('mnt') && root !== 'host') throw new TypeError("proc requires unshare: 'mnt'")
    return root === 'host' ? 'none' : 'host'
  }
  const asked = checkBoolean('proc', value)
  const isPossible = unshare.has('mnt') && unshare.has('pid')
  if (asked && !isPossible) {
    const missing = (['mnt', 'pid'] as const).filter((type) => !unshare.has(type))
    throw new TypeError(`proc requires unshare: ${missing.map((type) => `'${type}'`).join(' and ')}`)
  }
  return (asked ?? (isPossible && !isTaken('/proc', mounts))) ? 'fresh' : 'none'
}

function isTaken(place: string, mounts: readonly MountSettings[]): boolean {
  return mounts.some(({ destination }) => destination === place)
}

function checkPaths(name: string, value: unknown): string[] {
  if (value === undefined) return []
  return checkArray(name, value ?? []).map((path, index) => destinationOf(`${name}[${index}]`, path))
}
