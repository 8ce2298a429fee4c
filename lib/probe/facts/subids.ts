/** Subordinate ids of the caller, and the helpers that write maps of them. */

import type { IdRange } from '../../ids/index.js'
import { ownersOf, parseSubIds } from '../../ids/sub-ids.js'
import { codeOf, type Fact, factOf, isKnown, known, unreadable } from './fact.js'
import { type MountEntry, mountOf } from './mountinfo.js'
import type { FactSource } from './source.js'

export interface HelperState {
  readonly path: string
  /** Setuid and root's. File capabilities do the same and cannot be read from here (they are an xattr). */
  readonly setuidRoot: boolean
  /** On a nosuid mount neither works. */
  readonly nosuid: boolean
}

export interface SubIdFacts {
  readonly uid: Fact<readonly IdRange[]>
  readonly gid: Fact<readonly IdRange[]>
  readonly newuidmap: Fact<HelperState>
  readonly newgidmap: Fact<HelperState>
  /** Of the caller, for commands that grant more. */
  readonly user: string | undefined
}

const SETUID = 0o4000
export const SYSTEM_PATH: readonly string[] = ['/usr/bin', '/bin', '/usr/local/bin', '/usr/sbin', '/sbin']

export function readSubIdFacts(
  source: FactSource,
  uid: number | undefined,
  mounts: Fact<readonly MountEntry[]>,
): SubIdFacts {
  const helper = (name: string) => readHelper(source, name, isKnown(mounts) ? mounts.value : [])
  const user = source.username()
  return {
    uid: readRanges(source, 'uid', uid, user),
    gid: readRanges(source, 'gid', uid, user),
    newuidmap: helper('newuidmap'),
    newgidmap: helper('newgidmap'),
    user,
  }
}

function readRanges(
  source: FactSource,
  kind: 'uid' | 'gid',
  uid: number | undefined,
  user: string | undefined,
): Fact<readonly IdRange[]> {
  const path = `/etc/sub${kind}`
  const lines = factOf(path, () => source.text(path), parseSubIds)
  if (!isKnown(lines)) return lines
  if (uid === undefined) return unreadable(path, 'ENODATA')
  const passwd = factOf(
    '/etc/passwd',
    () => source.text('/etc/passwd'),
    (text) => text,
  )
  const current = user === undefined ? undefined : { username: user, uid }
  // /etc/subgid too is keyed by user (subgid(5)).
  const owners = ownersOf(uid, isKnown(passwd) ? passwd.value : '', current)
  const ranges = lines.value
    .filter(({ owner }) => owners.has(owner))
    .map(({ start, size }) => ({ start, size }))
  const text = ranges.map(({ start, size }) => `${start}:${size}`).join(', ')
  return known(path, ranges, text || `no range of ${user ?? `uid ${uid}`}`)
}

function readHelper(source: FactSource, name: string, mounts: readonly MountEntry[]): Fact<HelperState> {
  const path = (source.environment.PATH ?? '').split(':').filter((folder) => folder.startsWith('/'))
  let code = 'ENOENT'
  for (const folder of new Set([...path, ...SYSTEM_PATH])) {
    const candidate = `${folder}/${name}`
    try {
      const { mode, uid } = source.identity(candidate)
      const setuidRoot = (mode & SETUID) !== 0 && uid === 0
      const nosuid = mountOf(candidate, mounts)?.options.includes('nosuid') ?? false
      const text = `${candidate}, mode ${(mode & 0o7777).toString(8)}, uid ${uid}${nosuid ? ', on a nosuid mount' : ''}`
      return known(name, { path: candidate, setuidRoot, nosuid }, text)
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') code = codeOf(error)
    }
  }
  return unreadable(name, code)
}
