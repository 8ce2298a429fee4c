import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type IdMapping, readSubIds, spawn } from '../../lib/index'
import { place, shell } from '../support/inside'
import { children } from '../support/leftovers'
import { mode } from '../support/modes'
import { describeWith, itWith } from '../support/needs'
import { runScript } from '../support/node-script'

const { uid, gid } = place()
const IDS = 'echo $(id -u) $(id -g)'
const MAPS = 'cat /proc/self/uid_map /proc/self/gid_map'

/** Where ranges may lie: in the nested namespace only its own 65536 ids exist. */
const START = mode === 'root' ? 100_000 : 1000
const WIDE: IdMapping[] = [{ containerID: 0, hostID: START, size: 60_000 }]

/** Extents of which no two touch; 340 with these few digits are just short of the page that a map may fill. */
function ranges(count: number): IdMapping[] {
  return Array.from({ length: count }, (_, i) => ({ containerID: 2 * i, hostID: 10_000 + 3 * i, size: 1 }))
}

function rows(text: string): number[][] {
  return text.split('\n').map((line) => line.trim().split(/\s+/).map(Number))
}

function asRows(mappings: readonly IdMapping[]): number[][] {
  return mappings.map(({ containerID, hostID, size }) => [containerID, hostID, size])
}

describeWith('userns', 'a map of the own id', () => {
  test("'root', the default, makes the caller 0 inside", async () => {
    expect(await shell(IDS, { unshare: ['user'] })).toBe('0 0')
    expect(rows(await shell(MAPS, { unshare: ['user'] }))).toEqual([
      [0, uid, 1],
      [0, gid, 1],
    ])
  })

  test("'self' keeps the numbers", async () => {
    const options = { unshare: ['user'], uidMap: 'self', gidMap: 'self' } as const
    expect(await shell(IDS, options)).toBe(`${uid} ${gid}`)
  })

  test('uid and gid are mapped each in its own way', async () => {
    const gidMap = [{ containerID: 77, hostID: gid, size: 1 }]
    expect(await shell(IDS, { unshare: ['user'], uidMap: 'self', gidMap })).toBe(`${uid} 77`)
  })

  test('the process tells the maps in force', async () => {
    await using child = spawn('true', { unshare: ['user'], uidMap: 'self' })
    expect(child.uidMap.mappings).toEqual([{ containerID: uid, hostID: uid, size: 1 }])
    expect(child.gidMap.mappings).toEqual([{ containerID: 0, hostID: gid, size: 1 }])
    await child.exited
  })
})

describeWith('subids', 'the ranges of /etc/subuid', () => {
  const own = { uid: readSubIds('uid'), gid: readSubIds('gid') }

  test("'subids' maps 0 to the caller and all its ranges behind it", async () => {
    expect(own.uid.length).toBeGreaterThan(1)
    const expected = (id: number, granted: typeof own.uid) => {
      let next = 1
      const tail = granted.map(({ start, size }) => {
        next += size
        return [next - size, start, size]
      })
      return [[0, id, 1], ...tail]
    }
    const text = await shell(MAPS, { unshare: ['user'], uidMap: 'subids', gidMap: 'subids' })
    expect(rows(text)).toEqual([...expected(uid, own.uid), ...expected(gid, own.gid)])
  })

  test('its ids can be taken on', async () => {
    const options = { unshare: ['user'], uidMap: 'subids', gidMap: 'subids', uid: 1000, gid: 100 } as const
    expect(await shell(IDS, options)).toBe('1000 100')
  })

  test('ranges without the own id: the command is the 0 of the map', async () => {
    const of = (granted: typeof own.uid) => [{ containerID: 0, hostID: granted[0]!.start, size: 10 }]
    expect(await shell(IDS, { unshare: ['user'], uidMap: of(own.uid), gidMap: of(own.gid) })).toBe('0 0')
  })
})

describeWith(['admin', 'userns'], 'maps that root writes', () => {
  test.each([1, 10, 340])('%d ranges', async (count) => {
    const map = ranges(count)
    const text = await shell(MAPS, { unshare: ['user'], uidMap: map, gidMap: map })
    expect(rows(text)).toEqual([...asRows(map), ...asRows(map)])
  })

  test('the command is the 0 of the map, without the groups of the caller', async () => {
    const options = { unshare: ['user'], uidMap: WIDE, gidMap: WIDE } as const
    expect(await shell('echo $(id -u) $(id -G)', options)).toBe('0 0')
  })

  test('a file is owned by the mapped id, seen from outside, and by the other, seen from inside', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nskit-maps-'))
    try {
      chownSync(folder, START, START)
      chmodSync(folder, 0o755)
      writeFileSync(join(folder, 'outside'), '')
      const options = { unshare: ['user'], uidMap: WIDE, gidMap: WIDE, cwd: folder } as const
      expect(await shell('touch a; chown 5:6 a; stat -c "%u %g" a outside', options)).toBe('5 6\n65534 65534')
      expect(statSync(join(folder, 'a'))).toMatchObject({ uid: START + 5, gid: START + 6 })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('a map that the kernel could not take', () => {
  // 240 lines of seven digits are above the page that the kernel reads.
  const tooLong = Array.from({ length: 240 }, (_, i) => ({
    containerID: 1_000_000 + 2 * i,
    hostID: 2_000_000 + 2 * i,
    size: 1,
  }))
  const WRONG: Array<[string, IdMapping[]]> = [
    ['more than 4095 bytes', tooLong],
    ['341 ranges', ranges(341)],
    ['no range', []],
    [
      'overlapping ranges',
      [
        { containerID: 0, hostID: 0, size: 2 },
        { containerID: 1, hostID: 5, size: 1 },
      ],
    ],
    ['a number that wraps around', [{ containerID: 2 ** 32, hostID: 0, size: 1 }]],
    ['an empty range', [{ containerID: 0, hostID: 0, size: 0 }]],
  ]
  test.each(WRONG)('%s is refused before anything runs', (_, uidMap) => {
    const before = children()
    expect(() => spawn('true', { unshare: ['user'], uidMap })).toThrow(RangeError)
    expect(children()).toEqual(before)
  })
})

itWith('admin', 'a user without ranges is told so', async () => {
  const [failure] = await runScript(({ nskit, say }) => {
    process.setuid?.(4242)
    const child = nskit.spawn('true', { unshare: ['user'], uidMap: 'subids' })
    child.on('error', (error: NodeJS.ErrnoException & { step?: string; hint?: string }) => {
      const { code, step, hint, message } = error
      say({ code, step, hint, message })
    })
  })
  expect(failure).toEqual({
    code: 'ERR_NSKIT_NO_SUBORDINATE_IDS',
    step: 'write-uid-map',
    hint: expect.stringContaining('usermod --add-subuids'),
    message: expect.stringContaining('/etc/subuid grants no range to the user with uid 4242'),
  })
})
