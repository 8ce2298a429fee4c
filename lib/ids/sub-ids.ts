/** Subordinate ids (subuid(5), subgid(5)) and what newuidmap(1) makes of them. */

import { userInfo } from 'node:os'
import type { IdMap } from './id-map.js'
import { covers } from './ranges.js'
import { checkKind, type IdKind, readIfPresent } from './read.js'
import { describe, type IdRange, INVALID_ID, isUint32, notUint32 } from './types.js'

export interface SubIdLine extends IdRange {
  /** A name, or a uid in decimal. */
  readonly owner: string
}

/**
 * The ranges of a user in /etc/subuid or /etc/subgid, in the file's order. Both
 * files are keyed by *user*. `user`: a name or a uid; default the caller's real
 * uid, as newuidmap has it. Lines under the user's name, under another name of
 * its uid and under the number itself all count. No file is no ranges.
 * Ranges that come from a service of nsswitch.conf's `subid` are not seen.
 *
 * @param path another file of that form. Default: /etc/subuid or /etc/subgid.
 * @throws TypeError or RangeError for a wrong argument; what fs throws where the file is there and cannot be read.
 */
export function readSubIds(kind: IdKind, user?: string | number, path?: string): IdRange[] {
  checkKind(kind)
  if (user !== undefined) checkUser(user)
  const text = readIfPresent(path ?? `/etc/sub${kind}`)
  if (text === undefined) return []
  const owners = ownersOf(user ?? process.getuid!(), readIfPresent('/etc/passwd') ?? '', currentUser())
  return parseSubIds(text)
    .filter(({ owner }) => owners.has(owner))
    .map(({ start, size }) => ({ start, size }))
}

function checkUser(user: unknown): void {
  if (typeof user === 'string') return
  if (typeof user !== 'number') throw new TypeError(`user must be a name or a uid, not ${describe(user)}`)
  if (!isUint32(user)) throw notUint32('user', user)
}

/** Every line that shadow would take. The others are skipped, as it does: one must not lock out all users. */
export function parseSubIds(text: string): SubIdLine[] {
  return text.split('\n').flatMap((line) => parseLine(line) ?? [])
}

function parseLine(line: string): SubIdLine | undefined {
  // A leading sign marks an entry for NIS; lines of 1024 bytes and more do not fit shadow's buffer.
  if (/^[+-]/.test(line) || Buffer.byteLength(line) >= 1024) return undefined
  // Fields after the third are ignored by shadow, too.
  const [owner, startText, sizeText] = line.split(':')
  if (!owner || !startText || !sizeText) return undefined
  const [start, size] = [parseUnsigned(startText), parseUnsigned(sizeText)]
  if (start === undefined || size === undefined || start >= INVALID_ID) return undefined
  // No map can use what lies past the last id.
  const usable = Math.min(size, INVALID_ID - start)
  return usable > 0 ? { owner, start, size: usable } : undefined
}

/** strtoul() with base 0, which is how shadow reads them: 0x is hex, a leading 0 octal; not past 64 bits (ERANGE). */
function parseUnsigned(text: string): number | undefined {
  const digits = /^[ \t\v\f\r]*\+?(?:(0[xX][0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))$/.exec(text)
  if (digits === null) return undefined
  const [, hex, octal, decimal] = digits
  const value = BigInt(octal === undefined ? (hex ?? decimal)! : `0o${octal}`)
  return value < 1n << 64n ? Number(value) : undefined
}

/** The names that lines of this user may stand under. */
export function ownersOf(
  user: string | number,
  passwd: string,
  current?: { username: string; uid: number },
): ReadonlySet<string> {
  const accounts = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 3 && /^[0-9]+$/.test(fields[2]!))
    .map((fields) => ({ username: fields[0]!, uid: Number(fields[2]) }))
  // From NSS: the caller may be known to a directory service only.
  if (current !== undefined) accounts.push(current)
  const uid = typeof user === 'number' ? user : accounts.find(({ username }) => username === user)?.uid
  const names = accounts.filter((account) => account.uid === uid).map(({ username }) => username)
  return new Set([String(user), ...names, ...(uid === undefined ? [] : [String(uid)])])
}

function currentUser(): { username: string; uid: number } | undefined {
  try {
    const { username, uid } = userInfo()
    return { username, uid }
  } catch {
    // A uid without an account, as in many containers: ENOENT.
    return undefined
  }
}

/**
 * Whether newuidmap (or newgidmap, with gids) would write `map` for a user whose
 * own id is `ownId` and who has `ranges`: each entry is the own id alone or lies
 * within the ranges, which may adjoin.
 */
export function isGranted(map: IdMap, ownId: number, ranges: readonly IdRange[]): boolean {
  return map.mappings.every(({ hostID, size }) => {
    return (size === 1 && hostID === ownId) || covers(ranges, { start: hostID, size })
  })
}
