/** File owners on both sides of a container's maps. */

import { type Stats, statSync } from 'node:fs'
import type { IdMap } from '../ids/index.js'

/** A container's maps, in ids of the host on which the files are: `child.uidMap`, IdMap.read(). */
export interface OwnershipMaps {
  /** For `uid`. */
  uidMap: IdMap
  /** For `gid`. */
  gidMap: IdMap
}

/** undefined: the id has no number there. The kernel shows such an owner as 65534. */
export interface TranslatedOwner {
  /** The user. */
  uid: number | undefined
  /** The group. */
  gid: number | undefined
}

/** A file's stat as seen inside. Times, mode and size are the same on both sides. */
export type InsideStats = Omit<Stats, 'uid' | 'gid'> & TranslatedOwner

/**
 * The owner that a file shows inside, from a host-side stat. Not for files on an idmapped mount, which has a map of its
 * own.
 *
 * @param stats fs.Stats, or the two ids alone.
 * @param maps the container's.
 */
export function ownerInside(stats: { uid: number; gid: number }, maps: OwnershipMaps): TranslatedOwner {
  return { uid: maps.uidMap.toContainer(stats.uid), gid: maps.gidMap.toContainer(stats.gid) }
}

/**
 * The owner that a file shows on the host, from ids inside.
 *
 * @param owner ids as the container sees them.
 * @param maps the container's.
 */
export function ownerOutside(owner: { uid: number; gid: number }, maps: OwnershipMaps): TranslatedOwner {
  return { uid: maps.uidMap.toHost(owner.uid), gid: maps.gidMap.toHost(owner.gid) }
}

/**
 * fs.statSync of a path on the host, with the owner that it shows inside: for a check that expects the container's own
 * ids. Throws as fs.statSync does.
 *
 * @param path as the host sees it; links are followed.
 * @param maps the container's.
 */
export function statInside(path: string | URL, maps: OwnershipMaps): InsideStats {
  const stats = statSync(path)
  return Object.assign(stats, ownerInside(stats, maps))
}
