/** Whose an event is. */

import { attribute } from '../identity/attribution.js'
import type { Directory, Evidence } from '../identity/directory.js'
import type { Registration } from '../identity/entry.js'
import { isShared, mapOf } from '../identity/host-ranges.js'
import { type IdKind, INVALID_ID } from '../ids/index.js'

export interface Verdict {
  readonly registrations: readonly Registration[]
  readonly via: Evidence
  /** Its part of a JSON line: from a comma to before the next one. */
  readonly json: Uint8Array
}

/** Who acts, as the kernel's own fields of a record say. undefined: the record does not say. */
export interface Actor {
  readonly uid: number | undefined
  readonly auid: number | undefined
  readonly session: number | undefined
}

export const NOBODY: Verdict = { registrations: [], via: 'none', json: Buffer.from(',"via":"none"') }

/** The kernel stamps a record with the last timer interrupt's time: one can seem older than its container. */
const TIMER_PERIOD = 10

/** undefined where the record alone does not tell: its event's other records may. */
export function judge(directory: Directory, time: number, actor: Actor): Verdict | undefined {
  const times = [time, time + TIMER_PERIOD]
  // Before any range: who shares the ids and was there earlier would have a new one's first records.
  for (const each of times) {
    const verdict = bySession(directory, each, actor)
    if (verdict !== undefined) return verdict
  }
  for (const each of times) {
    const verdict = byRange(directory, each, actor)
    if (verdict !== undefined) return verdict
  }
  return fallback(actor)
}

function bySession(directory: Directory, time: number, { uid, session }: Actor): Verdict | undefined {
  if (session === undefined || session === INVALID_ID) return undefined
  const found = directory.bySession(session, time)
  return found.length > 0 ? verdictOf(found, 'session', directory, time, uid) : undefined
}

function byRange(directory: Directory, time: number, { uid, auid }: Actor): Verdict | undefined {
  // The login uid is inherited and cannot be changed from inside: second best where a record has no other.
  const id = uid ?? auid
  if (id === undefined || id === INVALID_ID) return undefined
  const found = directory.byRange('uid', id, time)
  return found.length > 0 ? verdictOf(found, 'range', directory, time, id) : undefined
}

/** A record that says as whom its process acts has said it all. */
function fallback({ uid }: Actor): Verdict | undefined {
  return uid === undefined ? undefined : NOBODY
}

const exact = { session: new WeakMap<Registration, Verdict>(), range: new WeakMap<Registration, Verdict>() }

function verdictOf(
  found: readonly Registration[],
  via: 'session' | 'range',
  directory: Directory,
  time: number,
  uid: number | undefined,
): Verdict {
  const [first] = found as [Registration]
  const name = first.name
  const others = via === 'range' && uid !== undefined && found.some((one) => isShared(one, 'uid', uid))
  if (others || found.some((one) => one.name !== name)) {
    const verdict = ambiguous(found, via, directory, time, uid)
    // It may be nobody's at all: then no map is its map.
    return others ? { ...verdict, registrations: [] } : verdict
  }
  const known = exact[via].get(first)
  if (known !== undefined && found.length === 1) return known
  const verdict = { registrations: found, via, json: json({ namespace: name, via }) }
  if (found.length === 1) exact[via].set(first, verdict)
  return verdict
}

function ambiguous(
  found: readonly Registration[],
  via: 'session' | 'range',
  directory: Directory,
  time: number,
  uid: number | undefined,
): Verdict {
  const session = via === 'session' ? found[0]!.auditSession : undefined
  const known = { time, session, cgroup: undefined }
  const candidates =
    uid === undefined
      ? [...new Set(found.map(({ name }) => name))].map((name) => ({ name }))
      : attribute(directory, 'uid', uid, known).candidates
  return { registrations: found, via, json: json({ candidates, via }) }
}

function json(members: object): Uint8Array {
  return Buffer.from(`,${JSON.stringify(members).slice(1, -1)}`)
}

/** The id inside, -1 where there is none, or where the candidates do not agree on it. */
export function insideOf({ registrations }: Verdict, kind: IdKind, hostID: number): number {
  let inside = -1
  for (const registration of registrations) {
    const id = mapOf(registration, kind)?.toContainer(hostID) ?? -1
    if (inside !== -1 && id !== inside) return -1
    inside = id
    if (inside === -1) return -1
  }
  return inside
}
