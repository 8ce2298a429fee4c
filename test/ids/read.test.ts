import { readFileSync } from 'node:fs'
import { IdMap } from '../../lib/ids/index.js'

describe('reading the map of a process', () => {
  test.each(['uid', 'gid'] as const)('%s: what the kernel shows, from self and by pid', (kind) => {
    const columns = readFileSync(`/proc/self/${kind}_map`, 'latin1')
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/ +/).map(Number))
    for (const process_ of ['self', process.pid] as const) {
      expect(IdMap.read(process_, kind).mappings.map((m) => [m.containerID, m.hostID, m.size])).toEqual(
        columns,
      )
    }
  })

  test('a process that is not there is ENOENT', () => {
    expect(() => IdMap.read(0x7fff_ffff, 'uid')).toThrow(expect.objectContaining({ code: 'ENOENT' }))
  })

  test('what is no process or no kind is refused', () => {
    for (const pid of [0, -1, 1.5, Number.NaN, 2 ** 31])
      expect(() => IdMap.read(pid, 'uid')).toThrow(RangeError)
    for (const pid of ['1', null, undefined, '../1', 1n])
      expect(() => IdMap.read(pid as never, 'uid')).toThrow(TypeError)
    expect(() => IdMap.read('self', 'pid' as never)).toThrow(TypeError)
  })
})
