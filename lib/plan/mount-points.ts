/** Where something may be made: in what the plan itself mounts, and nowhere else. */

import type { FilesystemSettings, MountSettings } from './settings.js'

/**
 * By the names alone: the mount in whose place `destination` lies is that of the longest prefix, the last of
 * several in one place. Nothing is made on the host's own file systems, nor in a root directory, which is
 * somebody's.
 */
export function mayCreate(
  root: FilesystemSettings['root']['kind'],
  earlier: readonly MountSettings[],
  destination: string,
): boolean {
  let owner: MountSettings | undefined
  for (const mount of earlier) {
    // Behind a link the names say nothing: the kernel, which is told to follow none, says ELOOP.
    if (mount.type === 'symlink' || !isBelow(destination, mount.destination)) continue
    if (owner === undefined || mount.destination.length >= owner.destination.length) owner = mount
  }
  if (owner === undefined) return root === 'tmpfs'
  return owner.type === 'tmpfs' || owner.type === 'dev'
}

export function isBelow(path: string, folder: string): boolean {
  return path.charAt(folder.length) === '/' && path.startsWith(folder)
}
