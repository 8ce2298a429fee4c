/** Random id maps, small enough that their entries meet. */

import fc from 'fast-check'
import { IdMap, type IdMapping, type IdRange } from '../../lib/ids/index.js'

/** Every id of a map from `mappings()` is below this. */
export const SMALL_WORLD = 600

interface Extent {
  containerGap: number
  hostGap: number
  size: number
}

/** Writable entries in random order, on both sides. */
export function mappings(maxLength = 12): fc.Arbitrary<IdMapping[]> {
  const extent: fc.Arbitrary<Extent> = fc.record({
    containerGap: fc.nat(12),
    hostGap: fc.nat(12),
    size: fc.integer({ min: 1, max: 20 }),
  })
  return fc
    .array(fc.tuple(extent, fc.nat(), fc.nat()), { minLength: 1, maxLength, size: 'max' })
    .map((entries) => {
      const sized = entries.map(([entry, hostOrder, order]) => ({ entry, hostOrder, order, hostID: 0 }))
      let host = 0
      for (const item of [...sized].sort((a, b) => a.hostOrder - b.hostOrder)) {
        item.hostID = host + item.entry.hostGap
        host = item.hostID + item.entry.size
      }
      let container = 0
      const placed = sized.map(({ entry, order, hostID }) => {
        const containerID = container + entry.containerGap
        container = containerID + entry.size
        return { order, mapping: { containerID, hostID, size: entry.size } }
      })
      return placed.sort((a, b) => a.order - b.order).map(({ mapping }) => mapping)
    })
}

export function idMaps(maxLength?: number): fc.Arbitrary<IdMap> {
  return mappings(maxLength).map((entries) => new IdMap(entries))
}

export function smallRanges(): fc.Arbitrary<IdRange> {
  return fc.record({ start: fc.nat(SMALL_WORLD), size: fc.nat(SMALL_WORLD) })
}

/** Anything that could pass for an entry, mostly wrong: around every edge of 32 bits. */
export function anyMappings(): fc.Arbitrary<IdMapping[]> {
  const edge = fc.oneof(
    fc.integer({ min: 0, max: 30 }),
    fc.integer({ min: 0xffff_fff0, max: 0xffff_ffff }),
    fc.integer({ min: 0, max: 0xffff_ffff }),
  )
  return fc.array(fc.record({ containerID: edge, hostID: edge, size: edge }), { maxLength: 6 })
}

/** Every id in the range, one by one. */
export function idsOf({ start, size }: IdRange): number[] {
  return Array.from({ length: size }, (_, offset) => start + offset)
}
