/** linux.cgroupsPath: as a runtime has it, below the mount point of the hierarchy. */

import { posix, resolve } from 'node:path'
import { type MountEntry, mountOf } from '../probe/facts/mountinfo.js'
import { mountTable } from './mount-table.js'
import type { Source } from './source.js'

export function cgroupsPath({ settings, refusals }: Source): string | undefined {
  const { cgroup } = settings.privileges
  if (cgroup === undefined) return undefined
  const path = pathIn(mountTable(), resolve(cgroup))
  if (path === undefined)
    refusals.add('cgroup', `${cgroup} is below no cgroup v2 hierarchy that is mounted here`)
  return path
}

/** Below what is mounted first, where runtimes look. Another mount may show a part of the hierarchy alone. */
export function pathIn(table: readonly MountEntry[], directory: string): string | undefined {
  const [main] = table.filter(({ fstype }) => fstype === 'cgroup2')
  const mount = mountOf(directory, table)
  if (main === undefined || mount?.fstype !== 'cgroup2' || directory === mount.mountPoint) return undefined
  const within = posix.join(mount.root, posix.relative(mount.mountPoint, directory))
  const path = posix.relative(main.root, within)
  return path.startsWith('..') ? undefined : `/${path}`
}

/** Mount points of cgroup v2. */
export function hierarchies(): string[] {
  return mountTable().flatMap(({ fstype, mountPoint }) => (fstype === 'cgroup2' ? [mountPoint] : []))
}
