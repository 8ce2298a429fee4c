/** linux.cgroupsPath: as a runtime has it, below the mount point of the hierarchy. */

import { readFileSync } from 'node:fs'
import { posix, resolve } from 'node:path'
import { isBelow, parseMountInfo } from '../probe/facts/mountinfo.js'
import type { Source } from './source.js'

export function cgroupsPath({ settings, refusals }: Source): string | undefined {
  const { cgroup } = settings.privileges
  if (cgroup === undefined) return undefined
  const directory = resolve(cgroup)
  const mountPoint = hierarchies().find((each) => isBelow(directory, each))
  if (mountPoint !== undefined) return `/${posix.relative(mountPoint, directory)}`
  refusals.add('cgroup', `${cgroup} is below no cgroup v2 hierarchy that is mounted here`)
  return undefined
}

/** Mount points of cgroup v2. */
export function hierarchies(): string[] {
  return parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8')).flatMap(({ fstype, mountPoint }) =>
    fstype === 'cgroup2' ? [mountPoint] : [],
  )
}
