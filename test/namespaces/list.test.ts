import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createNamespaces,
  listNamespaces,
  Namespace,
  type NamespacedProcess,
  type NamespaceInfo,
} from '../../lib/index'
import { packageRoot } from '../../lib/native/root'
import { NAMESPACE_TYPES } from '../../lib/tables/namespaces'
import { expectNothingLeft } from '../support/leftovers'
import { mode } from '../support/modes'
import { describeWith, itWith } from '../support/needs'
import { until } from '../support/wait'
import { inode, ready, running } from './children'
import { lsns, ours, steady } from './peer'

const addon = join(packageRoot, 'build/Release/nskit.node')

function find(ino: bigint): NamespaceInfo | undefined {
  return listNamespaces().find((row) => row.ino === ino)
}

describe('listNamespaces', () => {
  test("has the caller's namespaces, one of each type, sorted by type and inode", () => {
    const rows = listNamespaces()
    for (const type of NAMESPACE_TYPES) {
      const row = rows.find(({ ino }) => ino === inode('self', type))
      expect(row).toMatchObject({ type })
      expect(row!.processes).toBeGreaterThan(0)
      expect(row!.pid).toBeLessThanOrEqual(process.pid)
    }
    const places = rows.map(({ type, ino }) => [NAMESPACE_TYPES.indexOf(type), Number(ino)] as const)
    expect(places).toEqual([...places].sort(([a, x], [b, y]) => a - b || x - y))
    expect(new Set(rows.map(({ ino }) => ino)).size).toBe(rows.length)
  })

  test('leaves no descriptor', async () => {
    listNamespaces()
    await expectNothingLeft(() => listNamespaces(), ['descriptors'])
  })

  test.each([
    [{ types: ['nett'] }, "did you mean 'net'"],
    [{ types: 'net' }, 'filter.types must be an array'],
    [{ pid: 0 }, 'filter.pid'],
    [{ pid: '1' }, 'filter.pid must be a number'],
    [{ type: 'net' }, "with 'types' and 'pid'"],
    [null, 'filter must be an object'],
  ])('refuses %j', (filter, message) => {
    expect(() => listNamespaces(filter as never)).toThrow(message)
  })
})

describeWith('userns', 'listNamespaces with namespaces of every type', () => {
  const children: NamespacedProcess[] = []
  beforeAll(async () => {
    for (let i = 0; i < 6; i++) {
      const unshare = i % 2 === 0 ? NAMESPACE_TYPES : (['user', 'net', 'uts'] as const)
      children.push(await running('cat', ['-'], { unshare, init: i === 0 }))
    }
  })
  afterAll(() => Promise.all(children.map((child) => child[Symbol.asyncDispose]())))

  test('agrees with lsns on namespaces, processes, lowest pids, owners and parents', async () => {
    const own = new Set(NAMESPACE_TYPES.map((type) => Number(inode('self', type))))
    let differences: unknown[] = ['never compared']
    const agree = () => {
      const [before, peer, after] = [ours(), lsns(), ours()]
      const mine = steady(before, after)
      differences = []
      for (const [ino, facts] of mine) {
        const theirs = peer.get(ino)
        // lsns does not look for what no process is in.
        if (facts.processes === 0 && theirs === undefined) continue
        const processes = facts.processes + (own.has(ino) ? 1 : 0)
        if (JSON.stringify({ ...facts, processes }) !== JSON.stringify(theirs)) {
          differences.push({ ino, ours: facts, theirs })
        }
      }
      for (const [ino, theirs] of peer)
        if (!before.has(ino) && !after.has(ino)) differences.push({ ino, theirs })
      return differences.length === 0 && mine.size >= 32
    }
    await until(agree, 'the same listing').catch(() => expect(differences).toEqual([]))
  })

  test('says which process it is: command, uid, and how many are inside', () => {
    const [, child] = children
    expect(find(inode(child!.pid, 'uts'))).toMatchObject({
      type: 'uts',
      pid: child!.pid,
      command: 'cat -',
      uid: process.geteuid!(),
      processes: 1,
      owner: inode(child!.pid, 'user'),
      parent: undefined,
      paths: [],
    })
  })

  test('an init counts, where it may be looked at: it is not dumpable', () => {
    const { pid } = children[0]!
    expect(find(inode(pid, 'pid'))).toMatchObject({ processes: mode === 'user' ? 1 : 2 })
  })

  test('pid: the namespaces of that process alone', () => {
    const { pid } = children[2]!
    const links = NAMESPACE_TYPES.map((type) => inode(pid, type))
    expect(listNamespaces({ pid: pid! }).map(({ ino }) => ino)).toEqual(links)
    expect(listNamespaces({ pid: pid!, types: ['uts', 'net'] }).map(({ type }) => type)).toEqual([
      'uts',
      'net',
    ])
  })

  test('types: those types alone, and no other row differs', () => {
    const rows = listNamespaces({ types: ['cgroup', 'time'] })
    expect(new Set(rows.map(({ type }) => type))).toEqual(new Set(['cgroup', 'time']))
    expect(listNamespaces({ types: [] })).toEqual([])
    const { pid } = children[4]!
    expect(rows.filter((row) => row.pid === pid)).toHaveLength(2)
  })

  test('a process that has ended is ESRCH', async () => {
    const child = await running('true', [], { unshare: ['user'] })
    const { pid } = child
    await child.exited
    expect(() => listNamespaces({ pid: pid! })).toThrow(expect.objectContaining({ code: 'ESRCH' }))
  })

  test('hundreds of processes, which several threads count, are all counted', async () => {
    const script = 'i=0; while [ $i -lt 450 ]; do sleep 600 & i=$((i+1)); done; echo ready; wait'
    await using child = await ready(script, [], {
      unshare: ['user', 'pid', 'uts'],
      init: false,
    })
    expect(find(inode(child.pid, 'uts'))).toMatchObject({
      pid: child.pid,
      processes: 451,
    })
  })
})

describeWith('userns', 'namespaces without a process', () => {
  test('one that only a descriptor holds is listed, and goes with it', async () => {
    const set = await createNamespaces(['user', 'net', 'time'])
    const inodes = [...set.namespaces.values()].map(({ ino }) => ino)
    const [user] = inodes
    for (const ino of inodes) {
      expect(find(ino)).toMatchObject({ pid: undefined, command: undefined, uid: undefined, processes: 0 })
    }
    expect(find(inodes[1]!)).toMatchObject({ owner: user, parent: undefined })
    expect(find(user!)).toMatchObject({ owner: inode('self', 'user'), parent: inode('self', 'user') })
    set.close()
    await until(() => inodes.every((ino) => find(ino) === undefined), 'the namespaces to go')
  })

  test("one that only waits for a process's children is listed", async () => {
    // 0x80: CLONE_NEWTIME, which unshare(2) gives to children alone.
    const script = `
      const { unshare } = require(${JSON.stringify(addon)})
      if (unshare(0x80) === 0) console.log(require('node:fs').readlinkSync('/proc/self/ns/time_for_children'))
      setInterval(() => {}, 1e9)`
    await using child = await running(process.execPath, ['-e', script], { unshare: ['user'] })
    const [text] = await once(child.stdout!, 'data')
    const ino = BigInt(/\d+/.exec(String(text))![0])
    expect(find(ino)).toMatchObject({
      type: 'time',
      pid: undefined,
      processes: 0,
      owner: inode(child.pid, 'user'),
    })
    expect(find(inode(child.pid, 'time'))!.processes).toBeGreaterThan(0)
  })

  test('one that only what it owns holds is listed', async () => {
    await using set = await createNamespaces(['user', 'uts'])
    const user = set.namespaces.get('user')!
    user.close()
    expect(find(set.namespaces.get('uts')!.ino)).toMatchObject({ owner: user.ino })
    expect(find(user.ino)).toMatchObject({ type: 'user', pid: undefined, processes: 0 })
  })

  test('one that only a child namespace holds is listed', async () => {
    await using child = await ready('exec unshare --user sh -c "echo ready; exec cat"', [], {
      unshare: ['user'],
    })
    const inner = find(inode(child.pid, 'user'))!
    expect(inner).toMatchObject({ pid: child.pid, processes: 1, owner: inner.parent })
    expect(inner.parent).not.toBe(inode('self', 'user'))
    expect(find(inner.parent!)).toMatchObject({
      type: 'user',
      pid: undefined,
      processes: 0,
      parent: inode('self', 'user'),
    })
  })
})

describe('bind mounts', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nskit list '))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  itWith(['admin', 'userns'], 'keep a namespace, which is listed with their paths', async () => {
    const paths = [join(folder, 'a name\twith blanks'), join(folder, 'second')]
    const set = await createNamespaces(['uts'])
    const uts = set.namespaces.get('uts')!
    for (const path of paths) uts.bindTo(path)
    set.close()
    try {
      expect(find(uts.ino)).toMatchObject({
        type: 'uts',
        pid: undefined,
        processes: 0,
        paths,
        owner: inode('self', 'user'),
      })
      using again = Namespace.open(paths[0]!)
      expect(again.isSame(uts)).toBe(true)
    } finally {
      for (const path of paths) execFileSync('umount', [path])
    }
    await until(() => find(uts.ino) === undefined, 'the namespace to go')
  })

  itWith('userns', 'in the mount namespaces of others are found as well', async () => {
    const path = join(folder, 'elsewhere')
    writeFileSync(path, '')
    const script = 'mount --bind /proc/self/ns/uts "$1" && exec unshare --uts sh -c "echo ready; exec cat"'
    await using child = await ready(script, [path], { unshare: ['user', 'mnt', 'uts'] })
    const user = inode(child.pid, 'user')
    const kept = listNamespaces({ types: ['uts'] }).filter(({ paths }) => paths.includes(path))
    expect(kept).toEqual([
      expect.objectContaining({ type: 'uts', pid: undefined, processes: 0, owner: user }),
    ])
  })
})
