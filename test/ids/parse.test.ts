import { ParseError } from '../../lib/errors/parse-error.js'
import { IdMap, INVALID_ID } from '../../lib/ids/index.js'

describe('kernel text', () => {
  test.each([
    ['as the kernel prints it', '         0       1000          1\n         1     100000      65536\n'],
    ['without the last newline', '0 1000 1\n1 100000 65536'],
    ['with tabs and several spaces', '0\t1000 \t 1\n1\t100000\t65536\n'],
    ['with CRLF', '0 1000 1\r\n1 100000 65536\r\n'],
    ['with blanks around', '  0 1000 1  \n\t1 100000 65536\t\n'],
    ['with leading zeros', '00 01000 01\n0000000000000000001 0100000 065536\n'],
    ['with other white space', '0\v1000\f1\n1 100000 65536\n'],
  ])('%s reads', (_, text) => {
    expect(IdMap.parse(text).toString()).toBe('0 1000 1\n1 100000 65536\n')
  })

  test('an empty text is a map that nobody has written yet', () => {
    expect(IdMap.parse('').isEmpty).toBe(true)
    expect(IdMap.parse('').toString()).toBe('')
  })

  test.each([
    ['a blank line', '0 0 1\n\n1 1 1\n', 2],
    ['a blank line at the end', '0 0 1\n\n', 2],
    ['only a newline', '\n', 1],
    ['a comment', '# ids\n0 0 1\n', 1],
    ['a comment behind', '0 0 1 # root\n', 1],
    ['commas', '0,0,1\n', 1],
    ['a plus sign', '+0 0 1\n', 1],
    ['a minus sign', '0 -1 1\n', 1],
    ['hex', '0x0 0 1\n', 1],
    ['two columns', '0 0 1\n1 1\n', 2],
    ['four columns', '0 0 1 1\n', 1],
    ['fractions', '0 0 1.0\n', 1],
    ['exponents', '0 0 1e3\n', 1],
    ['a NUL byte', '0 0 1\0\n', 1],
    ['a no-break space', '0\u00a00 1\n', 1],
    ['a lone carriage return between lines', '0 0 1\r1 1 1\n', 1],
    ['a line separator', '0 0 1\u20281 1 1', 1],
    ['other digits', '０ 0 1\n', 1],
    ['numbers that wrap', '0 0 1\n4294967296 1 1\n', 2],
    ['sizes that wrap', '0 0 4294967297\n', 1],
    ['enormous numbers', `0 ${'9'.repeat(400)} 1\n`, 1],
    ['size 0', '0 0 1\n1 1 0\n', 2],
    ['the id that is none', '4294967295 0 1\n', 1],
    ['overlap inside', '0 0 10\n20 20 1\n9 100 1\n', 3],
    ['overlap outside', '0 0 10\n20 9 1\n', 2],
    ['wrap-around inside', '4294967290 0 6\n', 1],
    ['wrap-around outside', '0 4294967290 6\n', 1],
    ['341 lines', Array.from({ length: 341 }, (_, i) => `${i} ${i} 1\n`).join(''), 341],
  ])('%s is refused, by line', (_, text, line) => {
    const attempt = (): unknown => IdMap.parse(text, '/proc/7/uid_map')
    expect(attempt).toThrow(ParseError)
    expect(attempt).toThrow(SyntaxError)
    expect(attempt).toThrow(expect.objectContaining({ source: '/proc/7/uid_map', line }))
    expect(attempt).toThrow(`/proc/7/uid_map:${line}: `)
  })

  test('a text that is no string is a TypeError', () => {
    expect(() => IdMap.parse(Buffer.from('0 0 1\n') as unknown as string)).toThrow(TypeError)
  })

  test('ids that the reader cannot see are read, translate to nothing and are never written', () => {
    const map = IdMap.parse('0 4294967295 1000\n1000 5 1\n2000 4294967295 7\n')
    expect(map.mappings).toHaveLength(3)
    expect([map.toHost(0), map.toHost(1000), map.toHost(2003)]).toEqual([undefined, 5, undefined])
    expect(map.toContainer(INVALID_ID)).toBeUndefined()
    expect(map.mapToHost(Uint32Array.of(0, 1000, 2003, 1, 2))).toEqual(
      Uint32Array.of(INVALID_ID, 5, INVALID_ID, INVALID_ID, INVALID_ID),
    )
    expect(map.rangeToHost({ start: 0, size: 3000 })).toEqual([{ containerID: 1000, hostID: 5, size: 1 }])
    expect(map.rangeToContainer({ start: 0, size: 2 ** 32 })).toEqual([
      { containerID: 1000, hostID: 5, size: 1 },
    ])
    expect(map.invert().toString()).toBe('5 1000 1\n')
    expect(map.compose(IdMap.identity).toString()).toBe('1000 5 1\n')
    expect(map.sharedHostRanges(IdMap.identity)).toEqual([{ start: 5, size: 1 }])
    expect(
      map.equals(
        IdMap.parse(
          map.mappings
            .map((m) => Object.values(m).join(' '))
            .reverse()
            .join('\n'),
        ),
      ),
    ).toBe(true)
    expect(() => map.toString()).toThrow(RangeError)
    expect(() => map.toString()).toThrow('mappings[0] (0:4294967295:1000) cannot be written')
    expect(() => new IdMap(map)).toThrow(RangeError)
  })

  test('a whole map of 340 entries reads, though its printed text passes what may be written', () => {
    const lines = Array.from(
      { length: 340 },
      (_, i) => `${String(i).padStart(10)} ${4000000000 + i} ${'1'.padStart(10)}\n`,
    )
    const map = IdMap.parse(lines.join(''))
    expect(map.toHost(339)).toBe(4000000339)
    expect(() => map.toString()).toThrow(/4095 bytes/)
  })
})
