/** The mounts that this process sees. */

import { readFileSync } from 'node:fs'
import { type MountEntry, parseMountInfo } from '../probe/facts/mountinfo.js'

export function mountTable(): MountEntry[] {
  return parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'))
}
