/** The files that ids are read from. Everything else here is pure. */

import { readFileSync } from 'node:fs'
import { UnsupportedPlatformError } from '../errors/unsupported-platform.js'
import { describe } from './types.js'

/** Which of the two maps of a user namespace: uid_map or gid_map. */
export type IdKind = 'uid' | 'gid'

export function checkKind(kind: unknown): asserts kind is IdKind {
  if (kind !== 'uid' && kind !== 'gid')
    throw new TypeError(`kind must be 'uid' or 'gid', not ${describe(kind)}`)
}

/** The text of /proc/PID/uid_map, to EOF: the kernel hands 340 extents out in several pieces. */
export function readMapFile(process: number | 'self', kind: IdKind): { text: string; source: string } {
  checkKind(kind)
  requireLinux()
  const source = `/proc/${pidName(process)}/${kind}_map`
  return { text: readFileSync(source, 'latin1'), source }
}

/** undefined where there is no such file. */
export function readIfPresent(path: string): string | undefined {
  requireLinux()
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** A process's folder in /proc. */
export function pidName(process: unknown): string {
  if (process === 'self') return process
  if (typeof process !== 'number') {
    throw new TypeError(`process must be a pid or 'self', not ${describe(process)}`)
  }
  if (!Number.isInteger(process) || process < 1 || process > 0x7fff_ffff) {
    throw new RangeError(`process must be a pid, not ${process}`)
  }
  return String(process)
}

function requireLinux(): void {
  if (process.platform !== 'linux') throw new UnsupportedPlatformError()
}
