import { date, entry, registryOf } from '../identity/entries.js'
import { containers, line, syscall } from './records.js'
import { tag, tagLines } from './tag.js'

describe('a record', () => {
  it('gets its container and for each id the one inside; arguments stay', async () => {
    const [tagged] = await tagLines(syscall(1, 300005))
    const id = { host: 300005, inside: 5 }
    expect(tagged).toEqual({
      type: 'SYSCALL',
      time: 1_000_500,
      serial: 1,
      namespace: 'mail',
      via: 'range',
      fields: {
        a0: '300005',
        a1: '5',
        pid: '9',
        auid: { host: 4_294_967_295 },
        ...{ uid: id, gid: id, euid: id, suid: id, fsuid: id, egid: id, sgid: id, fsgid: id },
        ses: '4294967295',
        comm: 'x',
      },
    })
  })

  it('of the host gets none', async () => {
    const [tagged] = await tagLines(syscall(1, 1000))
    expect(tagged).toMatchObject({ via: 'none', fields: { uid: { host: 1000 }, fsgid: { host: 1000 } } })
    expect(Object.keys(tagged ?? {})).toEqual(['type', 'time', 'serial', 'via', 'fields'])
  })

  it('of one among containers that share ids gets the name by its session, else all of them', async () => {
    const [db, both] = await tagLines(syscall(1, 100003, 8), syscall(2, 100003))
    expect(db).toMatchObject({ namespace: 'db', via: 'session' })
    expect(both).toMatchObject({
      candidates: expect.arrayContaining([
        { name: 'web', containerID: 3 },
        { name: 'db', containerID: 3 },
      ]),
      via: 'range',
      // Whoever it is, it is 3 there.
      fields: { uid: { host: 100003, inside: 3 } },
    })
    expect(both).not.toHaveProperty('namespace')
  })

  it('of a session has its name also with ids that the container does not map', async () => {
    const [tagged] = await tagLines(syscall(1, 0, 7))
    expect(tagged).toMatchObject({ namespace: 'web', via: 'session', fields: { uid: { host: 0 } } })
  })

  it('of an id that the host has too is not certainly the container’s, nor is any id in it', async () => {
    const own = registryOf(entry('web', '0:1000:1', { auditSession: 7, sharedUids: [1000] }))
    const [shared, certain] = await tag(own, `${syscall(1, 1000)}\n${syscall(2, 1000, 7)}\n`)
    expect(shared).toMatchObject({ candidates: [{ name: 'web', containerID: 0 }], via: 'range' })
    expect(shared).not.toHaveProperty('namespace')
    expect(shared?.fields).toMatchObject({ uid: { host: 1000 }, fsgid: { host: 1000 } })
    expect(JSON.stringify(shared)).not.toContain('inside')
    expect(certain).toMatchObject({ namespace: 'web', via: 'session', fields: { uid: { inside: 0 } } })
  })

  it('is judged by the time of its event', async () => {
    const registry = registryOf(
      entry('before', '0:100000:10', { to: date(1_000_500) }),
      entry('after', '0:100000:10', { from: date(1_000_500) }),
    )
    const early = syscall(1, 100000).replace('1000.500', '1000.499')
    const [first, second] = await tag(registry, `${early}\n${syscall(2, 100000)}\n`)
    expect([first?.namespace, second?.namespace]).toEqual(['before', 'after'])
  })

  it('may be stamped a timer interrupt before its container', async () => {
    const registry = registryOf(entry('web', '0:100000:10', { from: date(1_000_505) }))
    expect(await tag(registry, syscall(1, 100000))).toMatchObject([{ namespace: 'web' }])
    expect(await tag(registry, syscall(1, 100000).replace('1000.500', '1000.490'))).toMatchObject([
      { via: 'none' },
    ])
  })

  it('as early is a new container’s by its session, not the one’s that has had the ids longer', async () => {
    const registry = registryOf(
      entry('old', '0:100000:10', { auditSession: 5 }),
      entry('new', '0:100000:10', { auditSession: 6, from: date(1_000_505) }),
    )
    expect(await tag(registry, syscall(1, 100000, 6))).toMatchObject([{ namespace: 'new', via: 'session' }])
  })

  it('has its line under raw where that is asked for', async () => {
    const text = `${syscall(1, 300000)} key="\\t"\x1dUID="root"`
    expect(await tag(containers, text, { raw: true })).toMatchObject([{ raw: text, fields: { key: '\\t' } }])
    expect((await tag(containers, text))[0]).not.toHaveProperty('raw')
  })
})

describe('ids of others than the one who acts', () => {
  it('an inode’s owner is translated, and named where it is somebody else’s', async () => {
    const [, own, strange, host] = await tagLines(
      syscall(1, 300000),
      line('PATH', 1, 'item=0 name="/a" ouid=300007 ogid=300008'),
      line('PATH', 1, 'item=1 name="/b" ouid=300007 ogid=0'),
      line('PATH', 1, 'item=2 name="/c" ouid=0 ogid=4294967295'),
    )
    expect(own?.fields).toMatchObject({
      ouid: { host: 300007, inside: 7 },
      ogid: { host: 300008, inside: 8 },
    })
    expect(strange?.fields).toMatchObject({ ouid: { host: 300007, inside: 7 }, ogid: { host: 0 } })
    expect(host?.fields).toMatchObject({ ouid: { host: 0 }, ogid: { host: 4_294_967_295 } })
    const [, other] = await tagLines(syscall(2, 1000), line('PATH', 2, 'ouid=300007'))
    expect(other).toMatchObject({ via: 'none', fields: { ouid: { host: 300007, inside: 7, owner: 'mail' } } })
  })

  it('a signal’s target is told by its session', async () => {
    const [, target] = await tagLines(
      syscall(1, 100000, 7),
      line('OBJ_PID', 1, 'opid=5 oauid=-1 ouid=100004 oses=8 ocomm="x"'),
    )
    expect(target).toMatchObject({
      namespace: 'web',
      fields: { oauid: { host: 4_294_967_295 }, ouid: { host: 100004, inside: 4, owner: 'db' }, oses: '8' },
    })
  })

  it('what a process asks an IPC object’s owner to be is its own number, and stays', async () => {
    const [, asked, is] = await tagLines(
      syscall(1, 300000),
      line('IPC_SET_PERM', 1, 'qbytes=0 ouid=5 ogid=300000 mode=0600'),
      line('IPC', 1, 'ouid=300005 ogid=300000 mode=0600'),
    )
    expect(asked?.fields).toMatchObject({ ouid: '5', ogid: '300000' })
    expect(is?.fields).toMatchObject({ ouid: { host: 300005, inside: 5 }, ogid: { host: 300000, inside: 0 } })
  })

  it('an id that a program reports is the host’s: programs elsewhere may not report', async () => {
    const registry = registryOf({ ...entry('a', '0:100:10'), gidMap: entry('x', '0:200:10').uidMap })
    const user = line('USER_LOGIN', 1, `uid=0 auid=5 ses=1 msg='op=login id=105 res=success'`)
    const group = line('ADD_GROUP', 2, `uid=0 auid=5 ses=1 msg='op=add-group id=205 res=success'`)
    const [login, added] = await tag(registry, `${user}\n${group}\n`)
    expect(login).toMatchObject({ via: 'none', fields: { id: { host: 105, inside: 5, owner: 'a' } } })
    expect(added).toMatchObject({ via: 'none', fields: { id: { host: 205, inside: 5, owner: 'a' } } })
  })

  it('what is no number stays text', async () => {
    const [tagged] = await tagLines(line('X', 1, 'uid=? gid=unset euid=0x5 suid=99999999999 fsuid= egid=12a'))
    expect(tagged?.fields).toEqual({
      uid: '?',
      gid: { host: 4_294_967_295 },
      euid: '0x5',
      suid: '99999999999',
      fsuid: '',
      egid: '12a',
    })
  })
})
