/** The options about files: each alone, then against the namespaces that they need. Pure but for the working directory. */

import { resolve } from 'node:path'
import type { SpawnOptions } from '../spawn/options.js'
import type { NamespaceType } from '../tables/namespaces.js'
import { checkArray, checkBoolean, checkText, invalidValue } from './check.js'
import type { FilesystemSettings, MountSettings, NamespaceSettings } from './settings.js'
import { destinationOf, validateMounts } from './validate-mounts.js'

const ROOT_OPTIONS = ['root', 'rootReadonly', 'mounts', 'maskedPaths', 'readonlyPaths'] as const

export function validateFilesystem(options: SpawnOptions, namespaces: NamespaceSettings): FilesystemSettings {
  const { unshare } = namespaces
  const root = checkRoot(options.root)
  if (!unshare.has('mnt')) requireNoView(options)
  const mounts = validateMounts(options.mounts, root.kind, namespaces)
  return {
    root,
    rootReadonly: checkBoolean('rootReadonly', options.rootReadonly) ?? false,
    mounts,
    proc: checkProc(options.proc, unshare, root.kind, mounts),
    maskedPaths: checkPaths('maskedPaths', options.maskedPaths),
    readonlyPaths: checkPaths('readonlyPaths', options.readonlyPaths),
  }
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
  const missing = (['mnt', 'pid'] as const).filter((type) => !unshare.has(type))
  if (value === 'host') {
    if (missing.includes('mnt') && root !== 'host') throw new TypeError("proc requires unshare: 'mnt'")
    return root === 'host' ? 'none' : 'host'
  }
  const asked = checkBoolean('proc', value)
  if (asked && missing.length > 0) {
    throw new TypeError(`proc requires unshare: ${missing.map((type) => `'${type}'`).join(' and ')}`)
  }
  const isTaken = mounts.some(({ destination }) => destination === '/proc')
  return (asked ?? (missing.length === 0 && !isTaken)) ? 'fresh' : 'none'
}

function checkPaths(name: string, value: unknown): string[] {
  return checkArray(name, value ?? []).map((path, index) => destinationOf(`${name}[${index}]`, path))
}
