import fc from 'fast-check'
import {
  allocateRange,
  IdMap,
  insertMapping,
  intersectRanges,
  normalizeRanges,
  subtractRanges,
  withoutHostRanges,
} from '../../lib/ids/index.js'
import { idMaps, idsOf, SMALL_WORLD, smallRanges } from './arbitraries.js'

const world = idsOf({ start: 0, size: 2 * SMALL_WORLD })
const rangeSets = fc.array(smallRanges(), { maxLength: 8 })

describe('inserting a mapping', () => {
  test('splits the entry that it lands in', () => {
    const map = insertMapping(new IdMap([{ containerID: 0, hostID: 100000, size: 65536 }]), {
      containerID: 1000,
      hostID: 1000,
      size: 1,
    })
    expect(map.toString()).toBe('0 100000 1000\n1000 1000 1\n1001 101001 64535\n')
  })

  test('takes host ids from whoever has them', () => {
    const map = insertMapping(new IdMap([{ containerID: 0, hostID: 0, size: 10 }]), {
      containerID: 20,
      hostID: 3,
      size: 2,
    })
    expect(map.toString()).toBe('0 0 3\n5 5 5\n20 3 2\n')
  })

  test('leaves unmappable ids as they are, around it', () => {
    const map = insertMapping(IdMap.parse('0 4294967295 10\n'), { containerID: 4, hostID: 7, size: 1 })
    expect(map.toJSON().map((m) => Object.values(m))).toEqual([
      [0, 4294967295, 4],
      [4, 7, 1],
      [5, 4294967295, 5],
    ])
  })

  test('makes the new entry win on both sides and changes nothing else', () => {
    fc.assert(
      fc.property(
        idMaps(),
        fc.nat(300),
        fc.nat(300),
        fc.integer({ min: 1, max: 100 }),
        (map, containerID, hostID, size) => {
          const result = insertMapping(map, { containerID, hostID, size })
          for (const id of world) {
            const before = map.toHost(id)
            const taken = before !== undefined && before >= hostID && before < hostID + size
            const expected =
              id >= containerID && id < containerID + size
                ? hostID + id - containerID
                : taken
                  ? undefined
                  : before
            expect(result.toHost(id)).toBe(expected)
          }
          expect(new IdMap(result).equals(result)).toBe(true)
        },
      ),
      { numRuns: 40 },
    )
  })

  test('a mapping that no map may have is refused', () => {
    expect(() => insertMapping(IdMap.identity, { containerID: 0, hostID: 0, size: 0 })).toThrow(RangeError)
  })
})

describe('host ranges', () => {
  test('leave a map, which is split around them', () => {
    const map = new IdMap([
      { containerID: 0, hostID: 100, size: 10 },
      { containerID: 10, hostID: 300, size: 5 },
    ])
    expect(
      withoutHostRanges(map, [
        { start: 103, size: 2 },
        { start: 300, size: 9 },
      ]).toString(),
    ).toBe('0 100 3\n5 105 5\n')
    expect(withoutHostRanges(map, []).mappings).toEqual(map.mappings)
  })

  test('that left are nobody’s, the others keep theirs', () => {
    fc.assert(
      fc.property(idMaps(), rangeSets, (map, ranges) => {
        const removed = new Set(ranges.flatMap(idsOf))
        const result = withoutHostRanges(map, ranges)
        for (const id of world)
          expect(result.toContainer(id)).toBe(removed.has(id) ? undefined : map.toContainer(id))
      }),
      { numRuns: 40 },
    )
  })
})

describe('range sets', () => {
  test('behave as sets of ids, and come out in order without overlap', () => {
    fc.assert(
      fc.property(rangeSets, rangeSets, (a, b) => {
        const [left, right] = [new Set(a.flatMap(idsOf)), new Set(b.flatMap(idsOf))]
        expect(normalizeRanges(a).flatMap(idsOf)).toEqual(world.filter((id) => left.has(id)))
        expect(subtractRanges(a, b).flatMap(idsOf)).toEqual(
          world.filter((id) => left.has(id) && !right.has(id)),
        )
        expect(intersectRanges(a, b).flatMap(idsOf)).toEqual(
          world.filter((id) => left.has(id) && right.has(id)),
        )
      }),
      { numRuns: 60 },
    )
  })

  test('are checked', () => {
    expect(() => subtractRanges([{ start: -1, size: 1 }], [])).toThrow('from[0].start')
    expect(() => subtractRanges([], [{ start: 0, size: 2 ** 33 }])).toThrow(RangeError)
    expect(() => subtractRanges([null as never], [])).toThrow(TypeError)
  })
})

describe('allocating a range', () => {
  const available = [
    { start: 100000, size: 65536 },
    { start: 165536, size: 65536 },
    { start: 500000, size: 10 },
  ]
  test.each([
    ['from the lowest ids', 1000, [], { start: 100000, size: 1000 }],
    ['behind what is in use', 1000, [{ start: 100000, size: 5 }], { start: 100005, size: 1000 }],
    ['across ranges that adjoin', 131072, [], { start: 100000, size: 131072 }],
    [
      'past gaps that are too small',
      65536,
      [
        { start: 100100, size: 1 },
        { start: 165000, size: 1 },
      ],
      { start: 165001, size: 65536 },
    ],
    ['nowhere, where there is no room', 131073, [], undefined],
    ['nowhere, where all is in use', 1, [{ start: 0, size: 2 ** 32 }], undefined],
  ])('%s', (_, size, inUse, expected) => {
    expect(allocateRange(size, available, inUse)).toEqual(expected)
  })

  test('never hands out 4294967295', () => {
    expect(allocateRange(2, [{ start: 4294967294, size: 2 }])).toBeUndefined()
    expect(allocateRange(1, [{ start: 4294967294, size: 2 }])).toEqual({ start: 4294967294, size: 1 })
  })

  test('of no ids is refused', () => {
    expect(() => allocateRange(0, available)).toThrow(RangeError)
    expect(() => allocateRange(-1, available)).toThrow(RangeError)
  })
})
