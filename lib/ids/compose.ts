/** Maps put behind each other, turned around, and cut to a range. Pure, on lists of mappings. */

import { intersection, normalizeRanges } from './ranges.js'
import { type IdMapping, type IdRange, INVALID_ID } from './types.js'

export function isMappable(mapping: IdMapping): boolean {
  return mapping.hostID !== INVALID_ID
}

/** The pieces of `mappings` whose container ids are in `range`, in the order of those ids. */
export function cutToContainer(mappings: readonly IdMapping[], range: IdRange): IdMapping[] {
  return pieces(mappings, range, 'containerID').sort((a, b) => a.containerID - b.containerID)
}

/** The pieces of `mappings` whose host ids are in `range`, in the order of those ids. */
export function cutToHost(mappings: readonly IdMapping[], range: IdRange): IdMapping[] {
  return pieces(mappings, range, 'hostID').sort((a, b) => a.hostID - b.hostID)
}

function pieces(mappings: readonly IdMapping[], range: IdRange, side: 'containerID' | 'hostID'): IdMapping[] {
  return mappings.filter(isMappable).flatMap((mapping) => {
    const piece = intersection({ start: mapping[side], size: mapping.size }, range)
    if (piece === undefined) return []
    const offset = piece.start - mapping[side]
    return [{ containerID: mapping.containerID + offset, hostID: mapping.hostID + offset, size: piece.size }]
  })
}

/** `inner`: container → middle, `outer`: middle → host. What `outer` does not map drops out. */
export function composeMappings(inner: readonly IdMapping[], outer: readonly IdMapping[]): IdMapping[] {
  return inner.filter(isMappable).flatMap(({ containerID, hostID: middle, size }) => {
    return cutToContainer(outer, { start: middle, size }).map((piece) => ({
      containerID: containerID + (piece.containerID - middle),
      hostID: piece.hostID,
      size: piece.size,
    }))
  })
}

export function invertMappings(mappings: readonly IdMapping[]): IdMapping[] {
  return mappings
    .filter(isMappable)
    .map(({ containerID, hostID, size }) => ({ containerID: hostID, hostID: containerID, size }))
}

/** The same translation as the fewest entries, by container id: what two maps must share to be equal. */
export function normalizeMappings(mappings: readonly IdMapping[]): IdMapping[] {
  const sorted = [...mappings].sort((a, b) => a.containerID - b.containerID)
  const merged: Array<{ containerID: number; hostID: number; size: number }> = []
  for (const mapping of sorted) {
    const last = merged.at(-1)
    if (last !== undefined && continues(last, mapping)) last.size += mapping.size
    else merged.push({ ...mapping })
  }
  return merged
}

function continues(last: IdMapping, next: IdMapping): boolean {
  if (next.containerID !== last.containerID + last.size) return false
  if (!isMappable(last) || !isMappable(next)) return isMappable(last) === isMappable(next)
  return next.hostID === last.hostID + last.size
}

/** The host ids that a map gives out. */
export function hostRanges(mappings: readonly IdMapping[]): IdRange[] {
  return normalizeRanges(mappings.filter(isMappable).map(({ hostID, size }) => ({ start: hostID, size })))
}
