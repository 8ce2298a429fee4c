import { ContainerRegistry } from '../../lib/identity/index.js'
import { IdMap } from '../../lib/ids/index.js'
import { date, entry, registryOf } from './entries.js'

describe('an entry', () => {
  it('is copied', () => {
    const given = entry('web', '0:100000:1000', { from: date(1000) })
    const registry = registryOf(given)
    given.name = 'other'
    given.from?.setTime(9e12)
    given.uidMap = IdMap.fromSpec('0:5:1')
    expect(registry.ownerOf('uid', 100000, { at: date(1000) }).candidates).toEqual([
      { name: 'web', containerID: 0 },
    ])
  })

  it.each([
    ['no object', null, TypeError],
    ['no name', { uidMap: IdMap.identity }, TypeError],
    ['an empty name', { name: '', uidMap: IdMap.identity }, TypeError],
    ['a map that is none', { name: 'web', uidMap: [{ containerID: 0, hostID: 1, size: 1 }] }, TypeError],
    ['a gid map that is none', { ...entry('web', '0:1:1'), gidMap: 'root' }, TypeError],
    ['an inode that is no bigint', { ...entry('web', '0:1:1'), userNamespace: 4026531837 }, TypeError],
    ['the session that says none', { ...entry('web', '0:1:1'), auditSession: 4_294_967_295 }, RangeError],
    ['the root cgroup', { ...entry('web', '0:1:1'), cgroup: '/sys/fs/cgroup' }, TypeError],
    ['a time that is none', { ...entry('web', '0:1:1'), from: new Date(Number.NaN) }, RangeError],
    ['a time that is a number', { ...entry('web', '0:1:1'), to: 5 }, TypeError],
    ['a shared id that is none', { ...entry('web', '0:1:1'), sharedUids: [-1] }, RangeError],
    ['shared ids that are no list', { ...entry('web', '0:1:1'), sharedGids: 5 }, TypeError],
    ['an end before its start', { ...entry('web', '0:1:1'), from: date(2), to: date(1) }, RangeError],
    ['a member that there is not', { ...entry('web', '0:1:1'), session: 5 }, TypeError],
  ])('with %s is refused, and changes nothing', (_, value, error) => {
    const registry = registryOf(entry('web', '0:100000:1000'))
    const before = JSON.stringify(registry)
    expect(() => registry.add(value as never)).toThrow(error)
    expect(JSON.stringify(registry)).toBe(before)
  })
})

it('a misspelt member is named, with the one that was meant', () => {
  const add = (more: object) => registryOf({ ...entry('web', '0:1:1'), ...more })
  expect(() => add({ gidmap: IdMap.identity })).toThrow(
    "unknown member 'entry.gidmap'; did you mean 'gidMap'?",
  )
  expect(() => add({ image: 'x' })).toThrow("unknown member 'entry.image'; there are name, uidMap")
})

describe('JSON', () => {
  const full = entry('web', '0:100000:1000,1000:200000:5', {
    userNamespace: 4026532200n,
    auditSession: 3,
    cgroup: '/sys/fs/cgroup/web',
    from: date(1000),
    to: date(2000),
  })

  it('has everything, both ways', () => {
    const registry = registryOf(full, { name: 'small', uidMap: IdMap.fromSpec('0:5:1') })
    const text = JSON.stringify(registry)
    const again = ContainerRegistry.fromJSON(JSON.parse(text))
    expect(JSON.stringify(again)).toBe(text)
    for (const context of [
      { at: date(1500) },
      { at: date(1500), auditSession: 3 },
      { at: date(1500), cgroup: '/web/x' },
    ])
      expect(again.ownerOf('gid', 200003, context)).toEqual(registry.ownerOf('gid', 200003, context))
    expect(JSON.parse(text)).toMatchObject({ schema: 'nskit-container-registry', version: 1 })
  })

  it('of another kind is refused, with the place', () => {
    const good = registryOf(full).toJSON()
    const [container] = good.containers
    const wrong = [
      null,
      [],
      {},
      { ...good, schema: 'other' },
      { ...good, version: 2 },
      { ...good, containers: {} },
    ]
    for (const value of wrong) expect(() => ContainerRegistry.fromJSON(value)).toThrow(/registry/)
    const entries = [
      { ...container, name: 5 },
      { ...container, uidMap: [{ containerID: 0, hostID: 1, size: 0 }] },
      { ...container, uidMap: undefined },
      { ...container, userNamespace: '0x12' },
      { ...container, from: 'yesterday' },
      { ...container, boot: 5 },
      { ...container, sharedUids: ['0'] },
      { ...container, unknown: 1 },
    ]
    for (const value of entries)
      expect(() => ContainerRegistry.fromJSON({ ...good, containers: [container, value] })).toThrow(
        /registry\.containers\[1\]/,
      )
    expect(() => ContainerRegistry.fromJSON({ ...good, containers: [container, container] })).toThrow(/key/)
  })
})
