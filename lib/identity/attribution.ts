/** From what is known of an id to whose it is. */

import type { IdKind } from '../ids/index.js'
import type { Directory, Evidence } from './directory.js'
import type { Registration } from './entry.js'
import { isShared, mapOf } from './host-ranges.js'

/** Whose a host id is, as far as it is known. */
export interface Attribution {
  /** Best first; several where containers share host ids. */
  candidates: Array<{
    /** Of the container's entry. */
    name: string
    /** The id inside it. */
    containerID: number
  }>
  /** The evidence that led to them: the audit session, the cgroup, the range of host ids, or none. */
  via: Evidence
  /** 'exact': one candidate alone. 'ambiguous': several, or one where the host has the id as well. 'none': nobody. */
  confidence: 'exact' | 'ambiguous' | 'none'
}

export interface Circumstances {
  /** Milliseconds. */
  readonly time: number
  readonly session: number | undefined
  readonly cgroup: string | undefined
}

/**
 * The strongest evidence that leads to a container with this id: the audit session, then the cgroup, then the range.
 * A process can have ids that its container does not map, as one that was started beside it: that is no answer to
 * whose the id is, so the next evidence is asked.
 */
export function attribute(
  directory: Directory,
  kind: IdKind,
  hostID: number,
  known: Circumstances,
): Attribution {
  const { time, session, cgroup } = known
  if (session !== undefined) {
    const candidates = candidatesFrom(directory.bySession(session, time), kind, hostID)
    if (candidates.length > 0) return answer(candidates, 'session')
  }
  if (cgroup !== undefined) {
    const candidates = candidatesFrom(directory.byCgroup(cgroup, time), kind, hostID)
    if (candidates.length > 0) return answer(candidates, 'cgroup')
  }
  return byRange(directory, kind, hostID, time)
}

function byRange(directory: Directory, kind: IdKind, hostID: number, time: number): Attribution {
  const pieces = directory.pieces(kind)
  const piece = pieces.find(hostID)
  const name = pieces.names[piece]
  if (name === undefined) {
    const found = directory.byRange(kind, hostID, time)
    const others = found.some((one) => isShared(one, kind, hostID))
    return answer(candidatesFrom(found, kind, hostID), 'range', others)
  }
  if (name === null || time < pieces.from[piece]! || time >= pieces.to[piece]!) return answer([], 'none')
  return answer([{ name, containerID: hostID + pieces.shifts[piece]! }], 'range')
}

function answer(candidates: Attribution['candidates'], via: Evidence, others = false): Attribution {
  if (candidates.length === 0) return { candidates, via: 'none', confidence: 'none' }
  return { candidates, via, confidence: candidates.length === 1 && !others ? 'exact' : 'ambiguous' }
}

/** Entries that agree on name and id are one candidate: a name's replicas, or its life told twice. */
function candidatesFrom(
  found: readonly Registration[],
  kind: IdKind,
  hostID: number,
): Attribution['candidates'] {
  const candidates: Attribution['candidates'] = []
  const known = new Set<string>()
  for (const registration of found) {
    const { name } = registration
    const containerID = mapOf(registration, kind)?.toContainer(hostID)
    if (containerID === undefined || known.has(`${containerID} ${name}`)) continue
    known.add(`${containerID} ${name}`)
    candidates.push({ name, containerID })
  }
  return candidates
}
