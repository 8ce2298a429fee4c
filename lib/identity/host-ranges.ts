/** What a map says about whose a host id is. */

import { type IdKind, type IdMap, type IdRange, INVALID_ID, normalizeRanges } from '../ids/index.js'
import { covers, endOf } from '../ids/ranges.js'
import type { Registration } from './entry.js'

const ALL: IdRange = { start: 0, size: INVALID_ID }

const cache = new WeakMap<IdMap, readonly IdRange[]>()

export function mapOf(registration: Registration, kind: IdKind): IdMap | undefined {
  return kind === 'uid' ? registration.uidMap : registration.gidMap
}

/** The host ids that tell a container: none where it has them all, and so shares the host's own. */
export function tellingRanges(map: IdMap | undefined): readonly IdRange[] {
  if (map === undefined) return []
  let ranges = cache.get(map)
  if (ranges === undefined) {
    ranges = hostRanges(map)
    if (covers(ranges, ALL)) ranges = []
    cache.set(map, ranges)
  }
  return ranges
}

/**
 * Without those that have another inside them: a container's nested one has a part of its ids. Equal ranges, or such as
 * only overlap, stay, as nothing tells whose the id is. Two containers that have the user's own id as a range of one
 * are such equals, even where one of them has subordinate ids besides.
 */
export function innermost(found: readonly Registration[], kind: IdKind, hostID: number): Registration[] {
  return found.filter((outer) => !found.some((inner) => inner !== outer && isInside(inner, outer, kind, hostID)))
}

function isInside(inner: Registration, outer: Registration, kind: IdKind, hostID: number): boolean {
  const [mine, its] = [tellingRanges(mapOf(inner, kind)), tellingRanges(mapOf(outer, kind))]
  const [narrow, wide] = [rangeWith(mine, hostID), rangeWith(its, hostID)]
  if (narrow === undefined || wide === undefined || narrow.size >= wide.size) return false
  return mine.every((range) => covers(its, range))
}

function rangeWith(ranges: readonly IdRange[], id: number): IdRange | undefined {
  return ranges.find((range) => range.start <= id && id < endOf(range))
}

function hostRanges(map: IdMap): IdRange[] {
  const mapped = map.mappings.filter(({ hostID }) => hostID !== INVALID_ID)
  return normalizeRanges(mapped.map(({ hostID, size }) => ({ start: hostID, size })))
}
