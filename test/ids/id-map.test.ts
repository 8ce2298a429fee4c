import { IdMap, type IdMapping, INVALID_ID } from '../../lib/ids/index.js'

const rootless = [
  { containerID: 0, hostID: 1000, size: 1 },
  { containerID: 1, hostID: 100000, size: 65536 },
]

function entries(count: number, digits: number): IdMapping[] {
  const base = 10 ** (digits - 1)
  return Array.from({ length: count }, (_, i) => ({
    containerID: base + 2 * i,
    hostID: base + 2 * i,
    size: 1,
  }))
}

describe('the rules of the kernel', () => {
  const refused: Array<[string, IdMapping[], RegExp]> = [
    ['size 0', [{ containerID: 0, hostID: 0, size: 0 }], /mappings\[0\] \(0:0:0\): size/],
    [
      'the id that is none, inside',
      [{ containerID: INVALID_ID, hostID: 0, size: 1 }],
      /containerID 4294967295 is never/,
    ],
    [
      'the id that is none, outside',
      [{ containerID: 0, hostID: INVALID_ID, size: 1 }],
      /hostID 4294967295 is never/,
    ],
    [
      'a range that reaches it, inside',
      [{ containerID: 1, hostID: 0, size: INVALID_ID }],
      /container ids pass/,
    ],
    ['a range that reaches it, outside', [{ containerID: 0, hostID: 4294967290, size: 6 }], /host ids pass/],
    [
      'overlap inside',
      [...rootless, { containerID: 65536, hostID: 1, size: 1 }],
      /mappings\[2\].*container.*1:100000:65536/,
    ],
    [
      'overlap outside',
      [...rootless, { containerID: 70000, hostID: 165535, size: 9 }],
      /mappings\[2\].*host.*1:100000:65536/,
    ],
    [
      'overlap with a later entry that starts lower',
      [
        { containerID: 10, hostID: 0, size: 5 },
        { containerID: 0, hostID: 100, size: 11 },
      ],
      /mappings\[1\].*container ids overlap those of 10:0:5/,
    ],
    ['341 entries', entries(341, 3), /mappings\[340\].*340 entries/],
    ['4096 bytes', entries(240, 7), /mappings\[227\] \(1000454:1000454:1\).*4095 bytes/],
  ]
  test.each(refused)('%s is a RangeError that names the entry', (_, mappings, message) => {
    expect(() => new IdMap(mappings)).toThrow(RangeError)
    expect(() => new IdMap(mappings)).toThrow(message)
  })

  test.each<[string, IdMapping[]]>([
    ['all ids', [{ containerID: 0, hostID: 0, size: INVALID_ID }]],
    ['the last id', [{ containerID: 4294967294, hostID: 4294967294, size: 1 }]],
    ['340 entries', entries(340, 3)],
    [
      'unsorted and adjacent entries',
      [
        { containerID: 10, hostID: 5, size: 5 },
        { containerID: 0, hostID: 10, size: 10 },
      ],
    ],
  ])('%s may be mapped', (_, mappings) => {
    expect(new IdMap(mappings).mappings).toEqual(mappings)
  })

  test('4095 bytes fit exactly', () => {
    // 227 lines of 18 bytes and one of 9.
    const mappings = [...entries(227, 7), { containerID: 99, hostID: 999, size: 1 }]
    expect(new IdMap(mappings).toString()).toHaveLength(4095)
    expect(() => new IdMap([...mappings, { containerID: 1, hostID: 1, size: 1 }])).toThrow(/mappings\[228\]/)
  })

  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32])(
    '%p is out of range, in every place',
    (value) => {
      const good = { containerID: 0, hostID: 0, size: 1 }
      for (const key of ['containerID', 'hostID', 'size']) {
        expect(() => new IdMap([{ ...good, [key]: value }])).toThrow(RangeError)
        expect(() => new IdMap([{ ...good, [key]: value }])).toThrow(`mappings[0].${key}`)
      }
      expect(() => IdMap.identity.toHost(value)).toThrow(RangeError)
      expect(() => IdMap.identity.toContainer(value)).toThrow(RangeError)
      expect(() => IdMap.identity.mapToHost(new Uint32Array(1), value)).toThrow(RangeError)
      expect(() => IdMap.identity.rangeToHost({ start: value, size: 1 })).toThrow(RangeError)
    },
  )

  test.each<[unknown]>([
    [undefined],
    [null],
    [7],
    ['0:0:1'],
    [{}],
    [[null]],
    [[{}]],
    [[['0', '0', '1']]],
    [[{ containerID: '0', hostID: 0, size: 1 }]],
    [[{ containerID: 0n, hostID: 0, size: 1 }]],
  ])('what is no mapping is a TypeError (%#)', (value) => {
    expect(() => new IdMap(value as Iterable<IdMapping>)).toThrow(TypeError)
  })

  test.each<[unknown]>([['0'], [null], [undefined], [0n], [{}]])(
    'an id that is no number is a TypeError (%#)',
    (value) => {
      expect(() => IdMap.identity.toHost(value as number)).toThrow(TypeError)
      expect(() => IdMap.identity.toContainer(value as number)).toThrow(TypeError)
    },
  )

  test('an endless iterable is refused, not read for ever', () => {
    function* endless(): Generator<IdMapping> {
      for (let id = 0; ; id++) yield { containerID: id, hostID: id, size: 1 }
    }
    expect(() => new IdMap(endless())).toThrow(RangeError)
  })
})

describe('translation', () => {
  const map = new IdMap(rootless)
  test.each([
    [0, 1000],
    [1, 100000],
    [65536, 165535],
    [65537, undefined],
    [1000, 100999],
    [INVALID_ID, undefined],
  ])('container %p is host %p', (containerID, hostID) => {
    expect(map.toHost(containerID)).toBe(hostID)
    if (hostID !== undefined) expect(map.toContainer(hostID)).toBe(containerID)
  })

  test.each([0, 999, 1001, 99999, 165536, 65534, INVALID_ID])('host %p is nobody inside', (hostID) => {
    expect(map.toContainer(hostID)).toBeUndefined()
  })

  test('an empty map translates nothing', () => {
    const empty = new IdMap([])
    expect(empty.isEmpty).toBe(true)
    expect([empty.toHost(0), empty.toContainer(0)]).toEqual([undefined, undefined])
    expect(empty.mapToHost(Uint32Array.of(0, 1, 2, 3, 4))).toEqual(new Uint32Array(5).fill(INVALID_ID))
  })

  test('extents that begin at neighbouring ids are told apart', () => {
    const neighbours = new IdMap(
      [0, 1, 2, 3, 4, 5].map((id) => ({ containerID: id, hostID: 100 - id, size: 1 })),
    )
    expect([0, 1, 2, 3, 4, 5, 6].map((id) => neighbours.toHost(id))).toEqual([
      100,
      99,
      98,
      97,
      96,
      95,
      undefined,
    ])
  })

  test('the upper half of the ids is no different', () => {
    const high = new IdMap([
      { containerID: 4294967294, hostID: 0, size: 1 },
      { containerID: 0, hostID: 2147483647, size: 2 },
      { containerID: 2147483647, hostID: 4294967292, size: 3 },
    ])
    expect([4294967294, 0, 1, 2147483647, 2147483649].map((id) => high.toHost(id))).toEqual([
      0, 2147483647, 2147483648, 4294967292, 4294967294,
    ])
  })

  test('bulk forms take what is to stand for unmapped ids', () => {
    expect(map.mapToHost(Uint32Array.of(0, 1, 70000))).toEqual(Uint32Array.of(1000, 100000, INVALID_ID))
    expect(map.mapToContainer(Uint32Array.of(1000, 5), 65534)).toEqual(Uint32Array.of(0, 65534))
    expect(map.mapToHost(new Uint32Array(0))).toEqual(new Uint32Array(0))
    expect(() => map.mapToHost([0] as unknown as Uint32Array)).toThrow(TypeError)
    expect(() => map.mapToHost(new Int32Array(1) as unknown as Uint32Array)).toThrow(TypeError)
  })

  test('a range comes in the pieces that are mapped, in order', () => {
    const split = new IdMap([
      { containerID: 20, hostID: 5, size: 10 },
      { containerID: 0, hostID: 100, size: 10 },
    ])
    expect(split.rangeToHost({ start: 5, size: 20 })).toEqual([
      { containerID: 5, hostID: 105, size: 5 },
      { containerID: 20, hostID: 5, size: 5 },
    ])
    expect(split.rangeToContainer({ start: 0, size: 2 ** 32 })).toEqual([
      { containerID: 20, hostID: 5, size: 10 },
      { containerID: 0, hostID: 100, size: 10 },
    ])
    expect(split.rangeToHost({ start: 10, size: 10 })).toEqual([])
    expect(split.rangeToHost({ start: 0, size: 0 })).toEqual([])
    expect(() => split.rangeToHost({ start: 1, size: 2 ** 32 })).toThrow(RangeError)
    expect(() => split.rangeToHost(undefined as never)).toThrow(TypeError)
  })
})

describe('maps as values', () => {
  const map = new IdMap(rootless)

  test('nothing about a map can be changed', () => {
    const source = rootless.map((entry) => ({ ...entry }))
    const copy = new IdMap(source)
    source[0]!.hostID = 7
    source.pop()
    expect(copy.mappings).toEqual(rootless)
    expect(Object.isFrozen(copy)).toBe(true)
    expect(Object.isFrozen(copy.mappings)).toBe(true)
    expect(copy.mappings.every(Object.isFrozen)).toBe(true)
    copy.toJSON()[0] = { containerID: 5, hostID: 5, size: 5 }
    expect(copy.toHost(0)).toBe(1000)
  })

  test('a map iterates, serializes as OCI mappings and prints as kernel text', () => {
    expect([...map]).toEqual(rootless)
    expect(JSON.parse(JSON.stringify(map))).toEqual(rootless)
    expect(`${map}`).toBe('0 1000 1\n1 100000 65536\n')
    expect(new IdMap(map).equals(map)).toBe(true)
  })

  test('identity is every id to itself', () => {
    expect(IdMap.identity.toString()).toBe('0 0 4294967295\n')
    expect(IdMap.identity.toHost(4294967294)).toBe(4294967294)
    expect(IdMap.identity.toHost(INVALID_ID)).toBeUndefined()
  })

  test('equality is of what maps do, not of how they are cut', () => {
    const cut = new IdMap([
      { containerID: 2, hostID: 100001, size: 65535 },
      { containerID: 0, hostID: 1000, size: 1 },
      { containerID: 1, hostID: 100000, size: 1 },
    ])
    expect(map.equals(cut)).toBe(true)
    expect(map.equals(IdMap.identity)).toBe(false)
    expect(map.equals(new IdMap([]))).toBe(false)
    expect(() => map.equals(rootless as unknown as IdMap)).toThrow(TypeError)
  })

  test('composition follows an id through both maps', () => {
    const nested = new IdMap([{ containerID: 0, hostID: 1, size: 70000 }]).compose(map)
    expect(nested.mappings).toEqual([{ containerID: 0, hostID: 100000, size: 65536 }])
    expect(map.compose(IdMap.identity).equals(map)).toBe(true)
    expect(IdMap.identity.compose(map).equals(map)).toBe(true)
  })

  test('host ids that two maps share are found across entries', () => {
    const other = new IdMap([{ containerID: 0, hostID: 900, size: 99200 }])
    expect(map.sharedHostRanges(other)).toEqual([
      { start: 1000, size: 1 },
      { start: 100000, size: 100 },
    ])
    expect(map.sharedHostRanges(new IdMap([]))).toEqual([])
  })
})

describe('specs', () => {
  test.each<[string | string[], string]>([
    ['0:1000:1', '0 1000 1\n'],
    ['0:1000:1,1:100000:65536', '0 1000 1\n1 100000 65536\n'],
    [['0:1000:1', '1:100000:65536'], '0 1000 1\n1 100000 65536\n'],
    [[], ''],
  ])('%p reads', (spec, text) => {
    expect(IdMap.fromSpec(spec).toString()).toBe(text)
  })

  test.each([
    '',
    '0:1000',
    '0:1000:1:',
    '0:-1:1',
    '0x0:1000:1',
    ' 0:1000:1',
    '0:1000:1,',
    '+0:1000:1',
    'a:b:c',
    '0:1e3:1',
  ])('%p is a syntax error', (spec) => {
    expect(() => IdMap.fromSpec(spec)).toThrow(SyntaxError)
  })

  test('the error names the spec', () => {
    expect(() => IdMap.fromSpec(['0:0:1', 'nonsense'])).toThrow(
      expect.objectContaining({ name: 'ParseError', source: 'id map spec', line: 2 }),
    )
    expect(() => IdMap.fromSpec(['0:0:1', '1:4294967296:1'])).toThrow(/mappings\[1\]\.hostID/)
    expect(() => IdMap.fromSpec('0:0:0')).toThrow(RangeError)
    expect(() => IdMap.fromSpec(7 as never)).toThrow(TypeError)
    expect(() => IdMap.fromSpec([7] as never)).toThrow(TypeError)
  })
})
