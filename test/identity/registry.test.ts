import { ContainerRegistry } from '../../lib/identity/index.js'
import { IdMap } from '../../lib/ids/index.js'
import { date, entry, registryOf } from './entries.js'

const NONE = { candidates: [], via: 'none', confidence: 'none' }

function names(registry: ContainerRegistry, id: number, at?: Date): string[] {
  return registry.ownerOf('uid', id, at && { at }).candidates.map(({ name }) => name)
}

describe('who has a host id', () => {
  it('is told with the id inside', () => {
    const registry = registryOf(entry('web', '0:100000:1000,1000:200000:1'), entry('db', '0:300000:1000'))
    expect(registry.ownerOf('uid', 100007)).toEqual({
      candidates: [{ name: 'web', containerID: 7 }],
      via: 'range',
      confidence: 'exact',
    })
    expect(registry.ownerOf('gid', 200000).candidates).toEqual([{ name: 'web', containerID: 1000 }])
    expect(registry.ownerOf('uid', 300999).candidates).toEqual([{ name: 'db', containerID: 999 }])
  })

  it('is nobody outside all ranges: ids before, between and behind them, and 4294967295', () => {
    const registry = registryOf(entry('web', '0:100000:1000'), entry('db', '0:102000:1000'))
    for (const id of [0, 99_999, 101_000, 101_999, 103_000, 4_294_967_294, 4_294_967_295])
      expect(registry.ownerOf('uid', id)).toEqual(NONE)
    expect(new ContainerRegistry().ownerOf('gid', 0)).toEqual(NONE)
  })

  it('is nobody by gid where the entry has no gid map', () => {
    const registry = registryOf({ name: 'web', uidMap: IdMap.fromSpec('0:100000:1000') })
    expect(registry.ownerOf('uid', 100000).confidence).toBe('exact')
    expect(registry.ownerOf('gid', 100000)).toEqual(NONE)
  })

  it('is nobody by range where a map has all ids, which the host has too', () => {
    const registry = registryOf({ name: 'all', uidMap: IdMap.identity, auditSession: 4 })
    expect(registry.ownerOf('uid', 1000)).toEqual(NONE)
    expect(registry.ownerOf('uid', 1000, { auditSession: 4 }).candidates).toEqual([
      { name: 'all', containerID: 1000 },
    ])
  })

  it('is not certain by range where the host has the id too: root’s, the caller’s, those of its users and groups', () => {
    const registry = registryOf(entry('web', '0:0:1000,1000:700000:10', { auditSession: 4, cgroup: '/web' }))
    const own = process.getuid?.() ?? 0
    const owner = (kind: 'uid' | 'gid', id: number) => registry.ownerOf(kind, id)
    // 1 is daemon's, in both files, on every Linux there is.
    for (const id of new Set([0, 1, own < 1000 ? own : 0])) {
      for (const kind of ['uid', 'gid'] as const)
        expect(owner(kind, id)).toEqual({
          candidates: [{ name: 'web', containerID: id }],
          via: 'range',
          confidence: 'ambiguous',
        })
      expect(registry.ownerOf('uid', id, { auditSession: 4 }).confidence).toBe('exact')
      expect(registry.ownerOf('uid', id, { cgroup: '/web/x' }).confidence).toBe('exact')
    }
    expect(owner('uid', 700_003)).toMatchObject({ candidates: [{ containerID: 1003 }], confidence: 'exact' })
  })

  it('is who the entry says has it to itself, whoever else has it', () => {
    const map = IdMap.fromSpec('0:0:1000')
    const registry = registryOf({
      name: 'web',
      uidMap: map,
      gidMap: map,
      sharedUids: [],
      sharedGids: [7, 5000],
    })
    expect(registry.ownerOf('uid', 0).confidence).toBe('exact')
    expect([0, 6, 7, 8].map((id) => registry.ownerOf('gid', id).confidence)).toEqual([
      ...['exact', 'exact', 'ambiguous', 'exact'],
    ])
    expect(registry.toJSON().containers[0]).toMatchObject({ sharedGids: [7] })
    expect(ContainerRegistry.fromJSON(registry.toJSON()).ownerOf('gid', 7).confidence).toBe('ambiguous')
    registry.remove('web')
    expect(registry.ownerOf('gid', 7)).toEqual(NONE)
  })

  it('is everyone who shares the id', () => {
    const registry = registryOf(entry('web', '0:100000:1000'), entry('db', '5:100000:1000'))
    expect(registry.ownerOf('uid', 100003)).toEqual({
      candidates: expect.arrayContaining([
        { name: 'web', containerID: 3 },
        { name: 'db', containerID: 8 },
      ]),
      via: 'range',
      confidence: 'ambiguous',
    })
  })

  it('is everyone where ranges only overlap', () => {
    const registry = registryOf(entry('web', '0:100000:1000'), entry('db', '0:100500:1000'))
    expect(names(registry, 100400)).toEqual(['web'])
    expect(names(registry, 100700).sort()).toEqual(['db', 'web'])
    expect(names(registry, 101200)).toEqual(['db'])
  })

  it('is one name where two entries say the same', () => {
    const registry = registryOf(entry('web', '0:100000:1000'), entry('web', '0:100000:1000'))
    expect(registry.ownerOf('uid', 100001).confidence).toBe('exact')
  })

  it('refuses what is no id and no kind', () => {
    const registry = new ContainerRegistry()
    for (const id of [-1, 1.5, 2 ** 32, Number.NaN])
      expect(() => registry.ownerOf('uid', id)).toThrow(RangeError)
    expect(() => registry.ownerOf('user' as 'uid', 1)).toThrow(TypeError)
    expect(() => registry.ownerOf('uid', 1, { at: new Date(Number.NaN) })).toThrow(RangeError)
    expect(() => registry.ownerOf('uid', 1, { auditSession: -2 })).toThrow(RangeError)
    expect(() => registry.ownerOf('uid', 1, { cgroup: 'relative' })).toThrow(TypeError)
  })
})

describe('a container in a container', () => {
  it('has its own ids; the outer one has the rest', () => {
    const registry = registryOf(
      entry('inner', '0:110000:1000'),
      entry('outer', '0:100000:65536'),
      entry('innermost', '0:110500:10'),
    )
    expect(names(registry, 110000)).toEqual(['inner'])
    expect(names(registry, 110505)).toEqual(['innermost'])
    expect(names(registry, 109999)).toEqual(['outer'])
  })

  it('can be in several pieces of it', () => {
    const registry = registryOf(entry('outer', '0:100000:65536'), entry('inner', '0:100001:1,1:120000:1000'))
    expect(names(registry, 100001)).toEqual(['inner'])
    expect(names(registry, 120500)).toEqual(['inner'])
  })

  it('is none where only a part of its ids lies there', () => {
    const registry = registryOf(entry('a', '0:100000:65536'), entry('b', '0:100001:1,1:500000:10'))
    expect(names(registry, 100001).sort()).toEqual(['a', 'b'])
  })

  it('is none where both have the user’s own id, one of them with subordinate ids besides', () => {
    const registry = registryOf(entry('full', '0:1000:1,1:100000:65536'), entry('small', '0:1000:1'))
    expect(names(registry, 1000).sort()).toEqual(['full', 'small'])
  })
})

describe('ids that are given out again', () => {
  const registry = registryOf(
    entry('first', '0:100000:1000', { from: date(1000), to: date(2000) }),
    entry('second', '0:100000:1000', { from: date(2000), to: date(3000) }),
    entry('third', '0:100500:10', { from: date(3500) }),
  )

  it.each([
    [999, []],
    [1000, ['first']],
    [1999, ['first']],
    [2000, ['second']],
    [2999, ['second']],
    [3000, []],
    [3499, []],
    [3500, ['third']],
    [9000, ['third']],
  ])('at %i belong to %j', (time, expected) => {
    expect(names(registry, 100505, date(time))).toEqual(expected)
  })

  it('belong at their end to nobody, and to the next from its start on', () => {
    const live = registryOf(entry('web', '0:100000:1000', { from: date(1000) }))
    live.remove('web', date(5000))
    live.add(entry('db', '0:100000:1000', { from: date(6000) }))
    expect(names(live, 100000, date(4999))).toEqual(['web'])
    expect(names(live, 100000, date(5000))).toEqual([])
    expect(names(live, 100000, date(6000))).toEqual(['db'])
    expect(names(live, 100000)).toEqual(['db'])
  })

  it('are removed for all entries of a name that are there, once', () => {
    const live = registryOf(
      entry('web', '0:100000:1000', { from: date(1000), to: date(2000) }),
      entry('web', '0:200000:1000', { from: date(1500) }),
      entry('web', '0:300000:1000', { from: date(9000) }),
    )
    live.remove('web', date(3000))
    live.remove('web', date(4000))
    live.remove('nobody', date(4000))
    expect(names(live, 100000, date(1999))).toEqual(['web'])
    expect(names(live, 200000, date(2999))).toEqual(['web'])
    expect(names(live, 200000, date(3000))).toEqual([])
    expect(names(live, 300000, date(9000))).toEqual(['web'])
  })

  it('of what runs are removed now, also where the clock has been set back since it began', () => {
    const from = date(Date.now() + 3_600_000)
    const live = registryOf(
      entry('web', '0:100000:1000', { from, auditSession: 5 }),
      entry('web', '0:200000:1000', { from }),
    )
    live.remove('web')
    expect(names(live, 100000, from)).toEqual([])
    // Of this one nothing says that it has begun.
    expect(names(live, 200000, from)).toEqual(['web'])
    live.remove('web', date(Date.now()))
    expect(names(live, 200000, from)).toEqual(['web'])
  })

  it('are forgotten with those that have ended', () => {
    const live = registryOf(
      entry('old', '0:100000:1000', { to: date(2000) }),
      entry('new', '0:100000:1000', { from: date(2000) }),
    )
    live.forget(date(2000))
    expect(names(live, 100000, date(1000))).toEqual([])
    expect(names(live, 100000)).toEqual(['new'])
    expect(live.toJSON().containers).toHaveLength(1)
  })
})

describe('evidence', () => {
  const registry = registryOf(
    entry('web', '0:100000:1000', { auditSession: 7, cgroup: '/sys/fs/cgroup/app/web' }),
    entry('db', '0:100000:1000', { auditSession: 8, cgroup: '/app/db/' }),
    entry('app', '0:500000:1000', { cgroup: '/app' }),
  )

  it('by session is exact among those that share ids, and stronger than the cgroup', () => {
    expect(registry.ownerOf('uid', 100001, { auditSession: 8, cgroup: '/app/web' })).toEqual({
      candidates: [{ name: 'db', containerID: 1 }],
      via: 'session',
      confidence: 'exact',
    })
  })

  it('by cgroup is exact too, for all below it, the nearest first', () => {
    const inWeb = { candidates: [{ name: 'web', containerID: 1 }], via: 'cgroup', confidence: 'exact' }
    for (const cgroup of ['/app/web', '0::/app/web/worker', '/sys/fs/cgroup/app/web/a/b/'])
      expect(registry.ownerOf('uid', 100001, { cgroup })).toEqual(inWeb)
    expect(registry.ownerOf('uid', 500001, { cgroup: '/app/other' }).via).toBe('cgroup')
    expect(registry.ownerOf('uid', 100001, { cgroup: '/app/webmail' }).via).toBe('range')
    expect(registry.ownerOf('uid', 100001, { cgroup: '/' }).via).toBe('range')
  })

  it('that names nobody, or somebody without that id, leaves it to the next', () => {
    expect(registry.ownerOf('uid', 500001, { auditSession: 99 }).via).toBe('range')
    expect(registry.ownerOf('uid', 500001, { auditSession: 4_294_967_295 }).via).toBe('range')
    expect(registry.ownerOf('uid', 500001, { auditSession: 7 }).candidates).toEqual([
      { name: 'app', containerID: 1 },
    ])
  })

  it('by session holds for its time alone: another boot counts from 1 again', () => {
    const boots = registryOf(
      entry('before', '0:100000:1000', { auditSession: 1, from: date(1000), to: date(2000) }),
      entry('after', '0:200000:1000', { auditSession: 1, from: date(3000) }),
    )
    expect(boots.ownerOf('uid', 100000, { auditSession: 1, at: date(1500) }).candidates[0]?.name).toBe(
      'before',
    )
    expect(boots.ownerOf('uid', 200000, { auditSession: 1, at: date(3500) }).candidates[0]?.name).toBe(
      'after',
    )
    expect(boots.ownerOf('uid', 200000, { auditSession: 1, at: date(2500) })).toEqual(NONE)
  })
})
