/** What is mounted below a path of readonlyPaths. */

import { posix } from 'node:path'
import { isBelow, type MountEntry } from '../probe/facts/mountinfo.js'
import { placeOf } from './links.js'
import { mountTable } from './mount-table.js'
import type { Source } from './source.js'
import type { OciMount } from './types.js'

/** A runtime's remount does not reach them (mount(2): MS_REC says nothing to MS_REMOUNT), so they are named as well. */
export function withSubmounts(
  paths: readonly string[],
  { settings }: Source,
  mounts: readonly OciMount[],
): string[] {
  if (paths.length === 0) return []
  const { root } = settings.filesystem
  const trees = mounts.flatMap(({ source, destination, options }) =>
    options.includes('rbind') ? [{ source, destination }] : [],
  )
  if (root.kind === 'directory') trees.push({ source: root.path, destination: '/' })
  const own = mounts.map(({ destination }) => destination)
  const table = mountTable()
  const shown = trees.flatMap(({ source, destination }) => within(table, source, destination))
  const points = new Set([...own, ...shown])
  const below = (path: string): string[] => {
    const place = root.kind === 'host' ? placeOf(path) : path
    return [...points].filter((each) => isBelow(each, path) || isBelow(each, place))
  }
  return [...new Set(paths.flatMap((path) => [path, ...below(path)]))]
}

/** Mount points of the host below a source, as they show at its destination. */
function within(table: readonly MountEntry[], source: string, destination: string): string[] {
  const place = placeOf(source)
  return table
    .filter(({ mountPoint }) => isBelow(mountPoint, place))
    .map(({ mountPoint }) => posix.join(destination, mountPoint.slice(place === '/' ? 0 : place.length)))
}
