import fc from 'fast-check'
import { IdMap } from '../../lib/ids/index.js'
import { anyMappings, idMaps, idsOf, SMALL_WORLD, smallRanges } from './arbitraries.js'

const world = idsOf({ start: 0, size: SMALL_WORLD })

/** A map as its rules say it, without search or shortcuts. */
function reference(map: IdMap, id: number): number | undefined {
  const entry = map.mappings.find(({ containerID, size }) => id >= containerID && id < containerID + size)
  return entry && entry.hostID + (id - entry.containerID)
}

describe('for every map', () => {
  test('each id translates as its entry says, and back to itself', () => {
    fc.assert(
      fc.property(idMaps(), (map) => {
        for (const id of world) {
          const host = map.toHost(id)
          expect(host).toBe(reference(map, id))
          if (host !== undefined) expect(map.toContainer(host)).toBe(id)
          const container = map.toContainer(id)
          if (container !== undefined) expect(map.toHost(container)).toBe(id)
        }
      }),
      { numRuns: 40 },
    )
  })

  test('bulk and ranges agree with single ids', () => {
    fc.assert(
      fc.property(idMaps(), smallRanges(), fc.array(fc.nat(SMALL_WORLD)), (map, range, sample) => {
        const ids = Uint32Array.from(sample)
        expect([...map.mapToHost(ids, 7777)]).toEqual(sample.map((id) => map.toHost(id) ?? 7777))
        expect([...map.mapToContainer(ids, 7777)]).toEqual(sample.map((id) => map.toContainer(id) ?? 7777))
        const inside = idsOf(range)
        expect(
          map.rangeToHost(range).flatMap(({ containerID, hostID, size }) => {
            return idsOf({ start: containerID, size }).map((id, i) => [id, hostID + i])
          }),
        ).toEqual(inside.map((id) => [id, map.toHost(id)]).filter(([, host]) => host !== undefined))
        expect(
          map.rangeToContainer(range).flatMap(({ containerID, hostID, size }) => {
            return idsOf({ start: hostID, size }).map((id, i) => [id, containerID + i])
          }),
        ).toEqual(
          inside.map((id) => [id, map.toContainer(id)]).filter(([, container]) => container !== undefined),
        )
      }),
      { numRuns: 60 },
    )
  })

  test('composition agrees with two translations', () => {
    fc.assert(
      fc.property(idMaps(), idMaps(), (inner, outer) => {
        const composed = inner.compose(outer)
        for (const id of world) {
          const middle = inner.toHost(id)
          expect(composed.toHost(id)).toBe(middle === undefined ? undefined : outer.toHost(middle))
        }
        expect(composed.invert().equals(outer.invert().compose(inner.invert()))).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  test('inverting twice changes nothing, and inverting once swaps the sides', () => {
    fc.assert(
      fc.property(idMaps(), fc.nat(SMALL_WORLD), (map, id) => {
        expect(map.invert().invert().mappings).toEqual(map.mappings)
        expect(map.invert().toHost(id)).toBe(map.toContainer(id))
      }),
    )
  })

  test('its text reads back as the same map', () => {
    fc.assert(
      fc.property(idMaps(200), (map) => {
        expect(IdMap.parse(map.toString()).mappings).toEqual(map.mappings)
        expect(new IdMap(JSON.parse(JSON.stringify(map))).mappings).toEqual(map.mappings)
        expect(map.isEmpty || Buffer.byteLength(map.toString()) <= 4095).toBe(true)
      }),
    )
  })

  test('equality does not depend on the order or the cut of its entries', () => {
    fc.assert(
      fc.property(idMaps(), fc.nat(), (map, seed) => {
        const pieces = map.mappings.flatMap(({ containerID, hostID, size }) => {
          const cut = seed % size
          return [
            { containerID: containerID + cut, hostID: hostID + cut, size: size - cut },
            ...(cut > 0 ? [{ containerID, hostID, size: cut }] : []),
          ]
        })
        expect(new IdMap(pieces.reverse()).equals(map)).toBe(true)
      }),
    )
  })

  test('shared host ids are those that both give out', () => {
    fc.assert(
      fc.property(idMaps(), idMaps(), (a, b) => {
        expect(a.sharedHostRanges(b).flatMap(idsOf)).toEqual(
          world.filter((id) => a.toContainer(id) !== undefined && b.toContainer(id) !== undefined),
        )
        expect(b.sharedHostRanges(a)).toEqual(a.sharedHostRanges(b))
      }),
      { numRuns: 60 },
    )
  })
})

test('what the constructor takes, the text parser takes; what it refuses is read only where it is unmappable', () => {
  fc.assert(
    fc.property(anyMappings(), (mappings) => {
      const text = mappings
        .map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}\n`)
        .join('')
      const accepts = (make: () => unknown): boolean => {
        try {
          make()
          return true
        } catch (error) {
          expect(error instanceof RangeError || error instanceof SyntaxError).toBe(true)
          return false
        }
      }
      const unmappable = mappings.some(({ hostID }) => hostID === 0xffff_ffff)
      const constructed = accepts(() => new IdMap(mappings))
      const parsed = accepts(() => IdMap.parse(text))
      if (!unmappable) expect(parsed).toBe(constructed)
      else expect(constructed).toBe(false)
    }),
    { numRuns: 500 },
  )
})
