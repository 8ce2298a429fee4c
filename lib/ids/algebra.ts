/** What launchers do when they take maps and ranges apart. */

import { cutToContainer, cutToHost, isMappable } from './compose.js'
import { IdMap } from './id-map.js'
import { checkRange, checkRanges, cut, endOf, normalizeRanges, subtractRanges } from './ranges.js'
import { ID_LIMIT, type IdMapping, type IdRange, INVALID_ID } from './types.js'
import { CheckedMappings } from './validate.js'

/**
 * `map` with `mapping` laid over it. Entries in its way give up the container ids
 * and the host ids that it takes (the kernel allows no overlap on either side) and
 * are split around it. In the order of container ids.
 *
 * @throws RangeError or TypeError for a mapping that no map may have.
 */
export function insertMapping(map: IdMap, mapping: IdMapping): IdMap {
  const [inserted] = new IdMap([mapping]).mappings as [IdMapping]
  const { containerID, hostID, size } = inserted
  const apart = map.mappings
    .flatMap((entry) => outside(entry, 'containerID', { start: containerID, size }))
    .flatMap((entry) => outside(entry, 'hostID', { start: hostID, size }))
  const entries = [...apart, { ...inserted }].sort((a, b) => a.containerID - b.containerID)
  return new IdMap(new CheckedMappings(entries))
}

/**
 * `map` without these host ids: entries that have some of them are split.
 *
 * @throws RangeError or TypeError for what is no range.
 */
export function withoutHostRanges(map: IdMap, ranges: Iterable<IdRange>): IdMap {
  const removed = normalizeRanges(checkRanges(ranges, 'ranges'))
  const left = map.mappings.flatMap((entry) => {
    if (!isMappable(entry)) return [{ ...entry }]
    return cut({ start: entry.hostID, size: entry.size }, removed).flatMap((range) =>
      cutToHost([entry], range),
    )
  })
  return new IdMap(new CheckedMappings(left))
}

/**
 * The lowest `size` ids in a row that are in `available` and not in `inUse`;
 * undefined where there are none. Ranges that adjoin count as one.
 *
 * @param size 1 or more.
 * @param available as of readSubIds().
 * @param inUse what others have: IdMap.sharedHostRanges(), entries of a registry.
 * @throws RangeError or TypeError for what is no range.
 */
export function allocateRange(
  size: number,
  available: Iterable<IdRange>,
  inUse: Iterable<IdRange> = [],
): IdRange | undefined {
  if (checkRange({ start: 0, size }, 'wanted').size === 0) throw new RangeError('size must be 1 or more')
  // 4294967295 lies in ranges that reach to the end of the numbers, and is never an id.
  const free = subtractRanges(available, [...inUse, { start: INVALID_ID, size: 1 }])
  const found = free.find((range) => range.size >= size)
  return found && { start: found.start, size }
}

/** The parts of `entry` that have no id in `taken` on one side. */
function outside(entry: IdMapping, side: 'containerID' | 'hostID', taken: IdRange): IdMapping[] {
  if (side === 'hostID' && !isMappable(entry)) return [{ ...entry }]
  const before = { start: 0, size: taken.start }
  const after = { start: endOf(taken), size: ID_LIMIT - endOf(taken) }
  if (!isMappable(entry)) {
    // Its host id stands for all of its ids, so the parts keep it.
    const parts = cutToContainer([{ ...entry, hostID: 0 }], before).concat(
      cutToContainer([{ ...entry, hostID: 0 }], after),
    )
    return parts.map((part) => ({ ...part, hostID: INVALID_ID }))
  }
  const select = side === 'containerID' ? cutToContainer : cutToHost
  return [...select([entry], before), ...select([entry], after)]
}
