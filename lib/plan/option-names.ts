/** The options there are. A misspelt one is an error: an isolation option must never be ignored. */

import { otherName } from './other-names.js'

const SPAWN = [
  'argv0',
  'cwd',
  'env',
  'stdio',
  'detached',
  'uid',
  'gid',
  'groups',
  'signal',
  'timeout',
  'killSignal',
  'unshare',
  'join',
  'uidMap',
  'gidMap',
  'setgroups',
  'hostname',
  'domainname',
  'timeOffsets',
  'root',
  'rootReadonly',
  'mounts',
  'proc',
  'maskedPaths',
  'readonlyPaths',
  'loopback',
  'init',
  'dieWithParent',
  'capabilities',
  'noNewPrivileges',
  'rlimits',
  'seccomp',
  'cgroup',
  'sessionKeyring',
  'auditSession',
  'fds',
  'name',
] as const
export const SPAWN_OPTIONS: ReadonlySet<string> = new Set(SPAWN)
export const SYNC_OPTIONS: ReadonlySet<string> = new Set([...SPAWN, 'input', 'encoding', 'maxBuffer'])
export const CREATE_OPTIONS: ReadonlySet<string> = new Set([
  'uidMap',
  'gidMap',
  'setgroups',
  'hostname',
  'timeOffsets',
  'join',
])

/** child_process's, with what to do instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  shell: "there is no shell option: run '/bin/sh' with ['-c', command]",
}

/** child_process's own that say nothing on Linux, there as here; `shell` does so where it is false. */
const MEANINGLESS: ReadonlySet<string> = new Set(['windowsHide', 'windowsVerbatimArguments'])

export function checkNames(options: object, known: ReadonlySet<string>): void {
  // for…in: options are read with those that they inherit.
  for (const name in options) {
    const value: unknown = (options as Record<string, unknown>)[name]
    if (known.has(name) || value === undefined || MEANINGLESS.has(name)) continue
    if (name === 'shell' && value === false) continue
    const instead = ELSEWHERE[name]
    if (instead !== undefined) throw new TypeError(instead)
    const near = nearest(name, known)
    throw new TypeError(`unknown option '${name}'${near === undefined ? '' : `; did you mean '${near}'?`}`)
  }
}

/** What was meant: another's word for it, or the least misspelt. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const candidates = new Set(known)
  let best = otherName(name, candidates)
  if (best !== undefined) return best
  // Of three letters two are nearly all.
  let least = name.length < 4 ? 2 : Math.max(2, Math.floor(name.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < least) [best, least] = [candidate, distance]
  }
  return best
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substitution, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
