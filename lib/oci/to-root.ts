/** root, and what of the kernel's files is kept from the command. */

import { readonlyProc } from '../plan/kernel-files.js'
import type { FilesystemSettings } from '../plan/settings.js'
import { isBelow } from '../probe/facts/mountinfo.js'
import { placeOf } from './links.js'
import { mountTable } from './mount-table.js'
import type { Source } from './source.js'
import type { OciSpec } from './types.js'

/** Where nskit makes the root, a bundle has an empty directory of this name. */
export const ROOTFS = 'rootfs'

export function rootOf({ root, rootReadonly }: FilesystemSettings): OciSpec['root'] {
  // runc takes no link.
  return { path: root.kind === 'directory' ? placeOf(root.path) : ROOTFS, readonly: rootReadonly }
}

/** root.readonly is of the mount at / alone: what is mounted below the directory would stay writable. */
export function refuseSubmounts({ settings, refusals }: Source): void {
  const { root, rootReadonly } = settings.filesystem
  if (root.kind !== 'directory' || !rootReadonly) return
  const path = placeOf(root.path)
  const below = mountTable().find(({ mountPoint }) => isBelow(mountPoint, path))
  if (below === undefined) return
  refusals.add(
    'rootReadonly',
    `${below.mountPoint} is mounted below the root, and a runtime leaves it writable: bind it, by mounts, readonly`,
  )
}

/**
 * Whether the kernel's files are kept from the command, as lib/plan/kernel-files.ts says. Who runs a configuration is most
 * often root, so that only a user namespace of an ordinary user's ids goes without.
 */
export function isGuarded({ settings, caller }: Source): boolean {
  const { filesystem, namespaces, privileges } = settings
  if (privileges.capabilities === undefined || filesystem.root.kind === 'host') return false
  return caller.uid === 0 || !namespaces.unshare.has('user')
}

export function guardedPaths(source: Source): string[] {
  if (!isGuarded(source)) return []
  const { mounts, proc } = source.settings.filesystem
  const procs = mounts.filter(({ type }) => type === 'proc').map(({ destination }) => destination)
  if (proc !== 'none') procs.unshift('/proc')
  return procs.flatMap(kernelFilesIn)
}

function kernelFilesIn(proc: string): string[] {
  return readonlyProc(proc).flatMap((step) => (step.op === 'SetAttributes' ? [step.destination] : []))
}
