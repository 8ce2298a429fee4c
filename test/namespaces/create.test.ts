import { hostname } from 'node:os'
import {
  type CreateNamespacesOptions,
  createNamespaces,
  execFile,
  listNamespaces,
  Namespace,
  type NamespaceType,
} from '../../lib/index'
import { NAMESPACE_TYPES } from '../../lib/tables/namespaces'
import { expectNothingLeft } from '../support/leftovers'
import { describeWith, itWith } from '../support/needs'
import { until } from '../support/wait'
import { inode } from './children'

const HOLDABLE = NAMESPACE_TYPES.filter((type) => type !== 'pid')
const OTHERS = HOLDABLE.filter((type) => type !== 'user')

async function inodesIn(join: readonly Namespace[], types: readonly NamespaceType[]): Promise<bigint[]> {
  const script = 'for type; do readlink /proc/self/ns/$type; done'
  const { stdout } = await execFile('/bin/sh', ['-c', script, 'sh', ...types], { join })
  return stdout
    .trim()
    .split('\n')
    .map((line) => BigInt(/\[(\d+)\]/.exec(line)![1]!))
}

describeWith('userns', 'createNamespaces', () => {
  test.each(OTHERS.map((type) => [type]))(
    'user and %s: new, owned by the new user namespace',
    async (type) => {
      await using set = await createNamespaces(['user', type])
      expect([...set.namespaces.keys()]).toEqual(['user', type])
      const namespace = set.namespaces.get(type)!
      const user = set.namespaces.get('user')!
      expect(namespace.type).toBe(type)
      expect(namespace.ino).not.toBe(inode('self', type))
      using owner = namespace.owner()
      expect(owner.isSame(user)).toBe(true)
      using parent = user.parent()
      expect(parent.ino).toBe(inode('self', 'user'))
    },
  )

  test('all that can be held, joined by a command', async () => {
    await using set = await createNamespaces(HOLDABLE)
    const namespaces = [...set.namespaces.values()]
    expect(await inodesIn(namespaces, HOLDABLE)).toEqual(namespaces.map(({ ino }) => ino))
  })

  test('closing the last handle frees them', async () => {
    const set = await createNamespaces(HOLDABLE)
    const inodes = new Set([...set.namespaces.values()].map(({ ino }) => ino))
    const listed = () => listNamespaces().filter(({ ino }) => inodes.has(ino))
    expect(listed()).toHaveLength(HOLDABLE.length)
    expect(listed().every(({ processes }) => processes === 0)).toBe(true)
    set.close()
    set.close()
    await until(() => listed().length === 0, 'the namespaces to be freed')
  })

  test('the ids are mapped, default: the caller is 0', async () => {
    await using set = await createNamespaces(['user'])
    const user = [...set.namespaces.values()]
    const { stdout } = await execFile('cat', ['/proc/self/uid_map', '/proc/self/setgroups'], { join: user })
    const [map, setgroups] = stdout.trim().split('\n')
    // Read from inside, the second column is an id of the parent.
    expect(map!.trim().split(/ +/).map(Number)).toEqual([0, process.geteuid!(), 1])
    expect(setgroups).toBe('deny')
    expect((await execFile('id', ['-u'], { join: user })).stdout).toBe('0\n')
  })

  test("uidMap and gidMap 'self', setgroups 'deny'", async () => {
    await using set = await createNamespaces(['user'], { uidMap: 'self', gidMap: 'self', setgroups: 'deny' })
    const [uid, gid] = [process.geteuid!(), process.getegid!()]
    const { stdout } = await execFile(
      'cat',
      ['/proc/self/uid_map', '/proc/self/gid_map', '/proc/self/setgroups'],
      {
        join: [...set.namespaces.values()],
      },
    )
    const words = stdout.trim().split(/\s+/)
    expect(words).toEqual([uid, uid, 1, gid, gid, 1, 'deny'].map(String))
  })

  itWith('admin', 'several ranges', async () => {
    const map = [
      { containerID: 0, hostID: 1000, size: 10 },
      { containerID: 10, hostID: 2000, size: 10 },
    ]
    await using set = await createNamespaces(['user'], { uidMap: map, gidMap: map })
    const join = [...set.namespaces.values()]
    const { stdout } = await execFile('cat', ['/proc/self/uid_map'], { join })
    expect(stdout.trim().split(/\s+/).map(Number)).toEqual([0, 1000, 10, 10, 2000, 10])
  })

  test('the host name is set inside alone', async () => {
    const outside = hostname()
    await using set = await createNamespaces(['user', 'uts'], { hostname: 'inside' })
    const { stdout } = await execFile('uname', ['-n'], { join: [...set.namespaces.values()] })
    expect(stdout).toBe('inside\n')
    expect(hostname()).toBe(outside)
  })

  test('clocks are moved for those who join', async () => {
    const boottime = 1000 * 24 * 3600 * 1000
    await using set = await createNamespaces(['user', 'time'], { timeOffsets: { boottime } })
    const { stdout } = await execFile('cat', ['/proc/uptime'], { join: [...set.namespaces.values()] })
    expect(Number(stdout.split(' ')[0])).toBeGreaterThan(boottime / 1000)
  })

  test('the loopback interface of a new network namespace is up', async () => {
    await using set = await createNamespaces(['user', 'net'])
    const { stdout } = await execFile('cat', ['/proc/net/if_inet6', '/proc/self/net/dev'], {
      join: [...set.namespaces.values()],
    })
    expect(stdout).toMatch(/^0{31}1 .* lo$/m)
  })

  test('can be made inside of others that were', async () => {
    await using outer = await createNamespaces(['user'])
    const user = outer.namespaces.get('user')!
    await using inner = await createNamespaces(['net'], { join: [user] })
    using owner = inner.namespaces.get('net')!.owner()
    expect(owner.isSame(user)).toBe(true)
  })

  test('leaves no process and no descriptor, whether it works or is refused', async () => {
    await createNamespaces(['user']).then((set) => set.close())
    await expectNothingLeft(async () => {
      await using set = await createNamespaces(['user', 'mnt', 'net'])
      expect(set.namespaces.size).toBe(3)
    })
    await expectNothingLeft(async () => {
      // This very process's user namespace cannot be entered again: EINVAL.
      using own = Namespace.of('self', 'user')
      await expect(createNamespaces(['uts'], { join: [own] })).rejects.toMatchObject({
        name: 'SetupError',
        step: 'join-user',
        code: 'EINVAL',
      })
    })
  })

  itWith('ordinary', 'without a user namespace it needs privilege: EPERM', async () => {
    await expect(createNamespaces(['net'])).rejects.toMatchObject({
      name: 'SetupError',
      step: 'create-net',
      code: 'EPERM',
    })
  })

  itWith('admin', 'with privilege no user namespace is needed', async () => {
    await using set = await createNamespaces(OTHERS)
    expect([...set.namespaces.keys()]).toEqual(OTHERS)
    using owner = set.namespaces.get('net')!.owner()
    expect(owner.ino).toBe(inode('self', 'user'))
  })
})

test.each<[readonly unknown[], object, string]>([
  [['pid'], {}, 'ends with its init'],
  [['user', 'pid'], {}, 'ends with its init'],
  [[], {}, 'at least one namespace'],
  [['nett'], {}, "did you mean 'net'"],
  [['net'], { hostname: 'a' }, "hostname requires unshare: 'uts'"],
  [['net'], { uidMap: 'root' }, "uidMap requires unshare: 'user'"],
  [['user'], { uidmap: 'root' }, "did you mean 'uidMap'"],
  [['user'], { cwd: '/' }, "unknown option 'cwd'"],
])('createNamespaces(%j, %j) is a TypeError', async (types, options, message) => {
  const made = createNamespaces(types as NamespaceType[], options as CreateNamespacesOptions)
  await expect(made).rejects.toThrow(TypeError)
  await expect(made).rejects.toThrow(message)
})
