/** What a map says about whose a host id is. */

import { type IdKind, type IdMap, type IdRange, INVALID_ID, normalizeRanges } from '../ids/index.js'
import { covers, endOf } from '../ids/ranges.js'
import type { Registration } from './entry.js'

const ALL: IdRange = { start: 0, size: INVALID_ID }

interface HostIds {
  /** As the map has them. */
  readonly extents: readonly IdRange[]
  /** As few as there can be, in order. */
  readonly ranges: readonly IdRange[]
}

const cache = new WeakMap<IdMap, HostIds>()
const NONE: HostIds = { extents: [], ranges: [] }

export function mapOf(registration: Registration, kind: IdKind): IdMap | undefined {
  return kind === 'uid' ? registration.uidMap : registration.gidMap
}

/** Whether the host itself has this id of the container's. */
export function isShared(registration: Registration, kind: IdKind, hostID: number): boolean {
  return registration.shared[kind].has(hostID)
}

/** The host ids that tell a container: none where it has them all, and so shares the host's own. */
export function tellingIds(map: IdMap | undefined): HostIds {
  if (map === undefined) return NONE
  let ids = cache.get(map)
  if (ids === undefined) {
    ids = hostIds(map)
    if (covers(ids.ranges, ALL)) ids = NONE
    cache.set(map, ids)
  }
  return ids
}

/**
 * Without those that have another inside them: a container's nested one has a part of its ids. Equal ranges, or such as
 * only overlap, stay, as nothing tells whose the id is. Two containers that have the user's own id as a range of one
 * are such equals, even where one of them has subordinate ids besides.
 */
export function innermost(
  found: readonly Registration[],
  kind: IdKind,
  hostID: number,
): readonly Registration[] {
  const widths = found.map((one) => rangeWith(tellingIds(mapOf(one, kind)).ranges, hostID)?.size ?? 0)
  const widest = widths.reduce((a, b) => Math.max(a, b), 0)
  // Thousands may share a range: those of one user. Only what is narrower than another can be inside it.
  const narrow = found.filter((_, i) => widths[i]! < widest)
  if (narrow.length === 0) return found
  return found.filter(
    (outer) => !narrow.some((inner) => inner !== outer && isInside(inner, outer, kind, hostID)),
  )
}

function isInside(inner: Registration, outer: Registration, kind: IdKind, hostID: number): boolean {
  const [mine, its] = [tellingIds(mapOf(inner, kind)).ranges, tellingIds(mapOf(outer, kind)).ranges]
  const [narrow, wide] = [rangeWith(mine, hostID), rangeWith(its, hostID)]
  if (narrow === undefined || wide === undefined || narrow.size >= wide.size) return false
  return mine.every((range) => covers(its, range))
}

function rangeWith(ranges: readonly IdRange[], id: number): IdRange | undefined {
  return ranges.find((range) => range.start <= id && id < endOf(range))
}

function hostIds(map: IdMap): HostIds {
  const mapped = map.mappings.filter(({ hostID }) => hostID !== INVALID_ID)
  const extents = mapped.map(({ hostID, size }) => ({ start: hostID, size }))
  return { extents, ranges: normalizeRanges(extents) }
}
