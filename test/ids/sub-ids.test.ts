import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { IdMap, isGranted, parseSubIds, readSubIds } from '../../lib/ids/index.js'
import { ownersOf } from '../../lib/ids/sub-ids.js'

describe('lines of /etc/subuid', () => {
  test.each([
    ['alice:100000:65536', { owner: 'alice', start: 100000, size: 65536 }],
    ['1000:100000:65536', { owner: '1000', start: 100000, size: 65536 }],
    ['name with blanks:1:1', { owner: 'name with blanks', start: 1, size: 1 }],
    ['hex:0x10:0XfF', { owner: 'hex', start: 16, size: 255 }],
    ['octal:010:0100', { owner: 'octal', start: 8, size: 64 }],
    ['blank: 5:5', { owner: 'blank', start: 5, size: 5 }],
    ['more:1:2:ignored', { owner: 'more', start: 1, size: 2 }],
    ['end:4294967290:100', { owner: 'end', start: 4294967290, size: 5 }],
    ['most:1:18446744073709551615', { owner: 'most', start: 1, size: 4294967294 }],
    ['all:0:4294967295', { owner: 'all', start: 0, size: 4294967295 }],
  ])('%p is taken', (line, expected) => {
    expect(parseSubIds(`${line}\n`)).toEqual([expected])
    expect(parseSubIds(line)).toEqual([expected])
  })

  test.each([
    '',
    ':1:1',
    'alice',
    'alice:',
    'alice:1',
    'alice:1:',
    'alice::1',
    'alice:x:1',
    'alice:1:1x',
    'alice:1 :1',
    'alice:09:1',
    'alice:1.5:1',
    'alice:1e3:1',
    'alice:-5:1',
    'alice:1:0',
    'alice:4294967295:1',
    'alice:99999999999:1',
    '+alice:1:1',
    '-alice:1:1',
    `${'a'.repeat(1020)}:1:1`,
    `${'\u00e9'.repeat(510)}:1:1`,
    'alice:0x:1',
    'alice:1:18446744073709551616',
  ])('%p is skipped, and its neighbours are not', (line) => {
    expect(parseSubIds(`root:1:2\n${line}\nbob:3:4\n`).map(({ owner }) => owner)).toEqual(['root', 'bob'])
  })
})

describe('whose lines they are', () => {
  const passwd =
    'root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/:/bin/sh\ntoor:x:0:0::/:/bin/sh\n+::::::\nbad:x:y:0\n'
  test.each([
    ['root', ['root', 'toor', '0']],
    ['toor', ['root', 'toor', '0']],
    [0, ['root', 'toor', '0']],
    ['alice', ['alice', '1000']],
    [1000, ['alice', '1000']],
    ['nobody', ['nobody']],
    [4242, ['4242']],
  ])('%p: under its names and its number', (user, owners) => {
    expect([...ownersOf(user, passwd)].sort()).toEqual([...owners].sort())
  })

  test('the caller may be known to a directory service only', () => {
    expect([...ownersOf(5000, passwd, { username: 'ldap', uid: 5000 })].sort()).toEqual(['5000', 'ldap'])
  })
})

describe('reading', () => {
  let directory: string
  let file: string
  const own = userInfo()
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'nskit-subids-'))
    file = join(directory, 'subuid')
    writeFileSync(
      file,
      [
        'somebody-else:1:1',
        `${own.username}:100000:65536`,
        'garbage',
        `${own.uid}:300000:10`,
        `${own.username}:200000:5`,
        '',
      ].join('\n'),
    )
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  const ranges = [
    { start: 100000, size: 65536 },
    { start: 300000, size: 10 },
    { start: 200000, size: 5 },
  ]
  test.each([[undefined], [own.username], [own.uid]])(
    '%p: all ranges of the user, in the file’s order',
    (user) => {
      expect(readSubIds('uid', user, file)).toEqual(ranges)
      expect(readSubIds('gid', user, file)).toEqual(ranges)
    },
  )

  test('an unknown user has none, and a missing file gives none', () => {
    expect(readSubIds('uid', 'nobody-of-this-name', file)).toEqual([])
    expect(readSubIds('uid', 4242424, file)).toEqual([])
    expect(readSubIds('uid', undefined, join(directory, 'absent'))).toEqual([])
  })

  test('a file that cannot be read is an error', () => {
    expect(() => readSubIds('uid', undefined, directory)).toThrow(expect.objectContaining({ code: 'EISDIR' }))
  })

  test('the system’s own files read', () => {
    expect(Array.isArray(readSubIds('uid'))).toBe(true)
    expect(Array.isArray(readSubIds('gid', 'root'))).toBe(true)
  })

  test('wrong arguments are refused', () => {
    expect(() => readSubIds('pid' as never)).toThrow(TypeError)
    expect(() => readSubIds('uid', null as never)).toThrow(TypeError)
    expect(() => readSubIds('uid', -1)).toThrow(RangeError)
    expect(() => readSubIds('uid', 1.5)).toThrow(RangeError)
  })
})

describe('what newuidmap grants', () => {
  const ranges = [
    { start: 100000, size: 1000 },
    { start: 101000, size: 1000 },
    { start: 5000, size: 10 },
  ]
  test.each([
    ['the own id alone', '0:1000:1', true],
    ['the own id and the ranges', '0:1000:1,1:100000:1000', true],
    ['ranges that adjoin, as one', '0:100500:1500', true],
    ['part of a range', '0:5005:5', true],
    ['nothing at all', [], true],
    ['more than the own id', '0:1000:2', false],
    ['another’s id', '0:1001:1', false],
    ['past a range', '0:5005:6', false],
    ['one good and one bad entry', '0:1000:1,1:0:1', false],
  ])('%s', (_, spec, granted) => {
    expect(isGranted(IdMap.fromSpec(spec), 1000, ranges)).toBe(granted)
  })
})
