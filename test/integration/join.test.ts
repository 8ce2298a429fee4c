import { readlinkSync } from 'node:fs'
import {
  createNamespaces,
  execFile,
  type JoinTarget,
  Namespace,
  type NamespaceType,
  spawn,
} from '../../lib/index'
import { shell } from '../support/inside'
import { expectNothingLeft } from '../support/leftovers'
import { describeWith } from '../support/needs'
import { runScript } from '../support/node-script'
import { outcome } from '../support/outcome'

/** A running process in new namespaces, to be joined. */
async function target(unshare: readonly NamespaceType[], options: object = {}) {
  const child = spawn('sleep', ['600'], { unshare, stdio: 'ignore', ...options })
  await child.spawned
  return Object.assign(child, {
    link: (type: NamespaceType) => readlinkSync(`/proc/${child.pid}/ns/${type}`),
    all: (types: readonly NamespaceType[] = unshare): JoinTarget => ({ pid: child.pid!, types }),
  })
}

const READ_LINKS = 'cd /proc/self/ns && readlink'

async function refusal(join: readonly JoinTarget[], options: object = {}) {
  let failure: Awaited<ReturnType<typeof outcome>>['error']
  await expectNothingLeft(async () => {
    const { error, events } = await outcome(spawn('true', { join, ...options }))
    expect(events).toEqual(['error', 'close'])
    failure = error
  })
  return failure
}

describeWith('userns', 'joining', () => {
  const TYPES = ['user', 'mnt', 'uts', 'ipc', 'net', 'cgroup', 'time'] as const

  test('several namespaces of a process, user among them', async () => {
    await using there = await target(TYPES, { hostname: 'joined' })
    const inside = await shell(`${READ_LINKS} ${TYPES.join(' ')}; uname -n; id -u`, { join: [there.all()] })
    expect(inside.split('\n')).toEqual([...TYPES.map(there.link), 'joined', '0'])
  })

  test('by handles, in any order, which stay open', async () => {
    await using there = await target(TYPES)
    for (const types of [TYPES, [...TYPES].reverse()]) {
      const handles = types.map((type) => there.namespace(type))
      const inside = await shell(`${READ_LINKS} ${TYPES.join(' ')}`, { join: handles })
      expect(inside.split('\n')).toEqual(TYPES.map(there.link))
      for (const handle of handles) {
        expect(handle.fd).toBeGreaterThan(2)
        handle.close()
      }
    }
  })

  test('a pid namespace: the command is seen there, and dies with it', async () => {
    await using there = await target(['user', 'pid', 'mnt'])
    const join = [there.all(['user', 'pid', 'mnt'])]
    const pid = Number(await shell('echo $$', { join }))
    expect(pid).toBeGreaterThan(2)
    const child = spawn('sleep', ['600'], { join })
    await child.spawned
    expect(child.pid).toBeGreaterThan(pid)
    await there[Symbol.asyncDispose]()
    expect(await child.exited).toEqual({ exitCode: null, signalCode: 'SIGKILL' })
  })

  test('and new ones below the joined', async () => {
    await using there = await target(['user', 'uts'], { hostname: 'joined' })
    const options = { join: [there.all()], unshare: ['pid', 'mnt', 'uts'], hostname: 'below' } as const
    const inside = await shell(`echo $$; uname -n; ${READ_LINKS} user`, options)
    expect(inside.split('\n')).toEqual(['2', 'below', there.link('user')])
    expect(await shell('uname -n', { join: [there.all()] })).toBe('joined')
  })

  test('namespaces that no process holds any more', async () => {
    await using made = await createNamespaces(['user', 'uts', 'net'], { hostname: 'held' })
    const handles = [...made.namespaces.values()]
    expect(await shell('uname -n; id -u', { join: handles })).toBe('held\n0')
  })

  test('the maps of the process are those of the joined namespace', async () => {
    await using there = await target(['user'])
    await using child = spawn('cat', { join: [there.all()] })
    await child.spawned
    expect(child.uidMap.mappings).toEqual([{ containerID: 0, hostID: process.geteuid?.(), size: 1 }])
  })

  test('the own user namespace is EINVAL', async () => {
    using own = Namespace.of('self', 'user')
    const expected = {
      step: 'join-user',
      code: 'EINVAL',
      syscall: 'setns',
      hint: expect.stringContaining('own'),
    }
    expect(await refusal([own])).toMatchObject({ ...expected, target: `user namespace (fd ${own.fd})` })
    expect(await refusal([{ pid: process.pid, types: ['user'] }])).toMatchObject({
      ...expected,
      target: `/proc/${process.pid}/ns/user`,
    })
  })

  test('a dead process is ESRCH', async () => {
    const gone = await target(['user', 'net'])
    await gone[Symbol.asyncDispose]()
    expect(await refusal([{ pid: gone.pid!, types: ['net'] }])).toMatchObject({
      step: 'join-net',
      code: 'ESRCH',
      target: `/proc/${gone.pid}/ns/net`,
      hint: 'That process is gone',
    })
  })

  test('a handle of the wrong type is EINVAL', async () => {
    await using there = await target(['user', 'net', 'uts'])
    using net = there.namespace('net')
    // What only a caller without types can do: a handle that says something else than it is.
    const join = [{ fd: net.fd, type: 'uts' } as unknown as Namespace]
    expect(await refusal(join)).toMatchObject({
      step: 'join-uts',
      code: expect.stringMatching(/EINVAL|EPERM/),
    })
  })

  test('a regular file is no handle at all, and where it is passed off as one EINVAL', async () => {
    expect(() => Namespace.open('/etc/passwd')).toThrow(expect.objectContaining({ code: 'ENOTTY' }))
    const { openSync, closeSync } = await import('node:fs')
    const fd = openSync('/etc/passwd', 'r')
    try {
      const join = [{ fd, type: 'net' } as unknown as Namespace]
      expect(await refusal(join)).toMatchObject({
        step: 'join-net',
        code: 'EINVAL',
        target: `net namespace (fd ${fd})`,
      })
    } finally {
      closeSync(fd)
    }
  })

  test('a closed handle throws before anything runs', () => {
    const own = Namespace.of('self', 'net')
    own.close()
    expect(() => spawn('true', { join: [own] })).toThrow(
      expect.objectContaining({ code: 'ERR_NSKIT_CLOSED' }),
    )
  })
})

describeWith(['ordinary', 'userns'], 'joining as an ordinary user', () => {
  test('without the user namespace is EPERM', async () => {
    await using there = await target(['user', 'net'])
    expect(await refusal([there.all(['net'])])).toMatchObject({
      step: 'join-net',
      code: 'EPERM',
      hint: expect.stringContaining('join its user namespace as well'),
    })
  })

  test("another user's process is EPERM", async () => {
    expect(await refusal([{ pid: 1, types: ['net'] }])).toMatchObject({
      step: 'join-net',
      code: 'EPERM',
      target: '/proc/1/ns/net',
    })
  })
})

describeWith('admin', 'joining as root', () => {
  test('without the user namespace', async () => {
    await using there = await target(['net', 'uts'], { hostname: 'plain' })
    expect(await shell(`${READ_LINKS} net; uname -n`, { join: [there.all()] })).toBe(
      `${there.link('net')}\nplain`,
    )
  })

  test('one that another user owns', async () => {
    const START = 1000
    const map = [{ containerID: 0, hostID: START, size: 10 }]
    await using there = await target(['user', 'uts'], { uidMap: map, gidMap: map, hostname: 'theirs' })
    // 0 of the caller is not mapped there: without a uid of its own the command becomes the 0 of there.
    expect(await shell('id -u; id -g; uname -n', { join: [there.all()] })).toBe('0\n0\ntheirs')
    expect(await shell('id -u; id -g', { join: [there.all()], uid: 3, gid: 4 })).toBe('3\n4')
  })
})

describeWith('userns', 'after joining', () => {
  test("Node's dumpable flag and its namespaces are what they were", async () => {
    const said = await runScript(async ({ nskit, fs, say, ending }) => {
      const look = () => [
        fs.statSync('/proc/self/environ').uid === process.geteuid?.(),
        ...['user', 'net', 'pid_for_children', 'mnt'].map((type) => fs.readlinkSync(`/proc/self/ns/${type}`)),
      ]
      const before = JSON.stringify(look())
      const there = nskit.spawn('sleep', ['600'], { unshare: ['user', 'net', 'pid', 'mnt'] })
      await there.spawned
      const join = [{ pid: there.pid ?? 0, types: ['user', 'net', 'pid', 'mnt'] as const }]
      say(await ending(nskit.spawn('true', { join })))
      await there[Symbol.asyncDispose]()
      say(JSON.stringify(look()) === before)
    })
    expect(said).toEqual([0, true])
  })
})

describeWith('userns', 'a user namespace inside a joined one', () => {
  it('maps ids of the joined one', async () => {
    await using outer = await createNamespaces(['user'])
    const user = outer.namespaces.get('user') as Namespace
    const { stdout } = await execFile('cat', ['/proc/self/uid_map'], {
      join: [user],
      unshare: ['user'],
      uidMap: 'root',
    })
    // Seen from inside, its parent's 0 is all there is.
    expect(stdout.trim().split(/\s+/)).toEqual(['0', '0', '1'])
  })

  it('also as namespaces without a process', async () => {
    await using outer = await createNamespaces(['user'])
    const user = outer.namespaces.get('user') as Namespace
    await using inner = await createNamespaces(['user', 'net'], { join: [user] })
    expect(inner.namespaces.get('user')?.parent().isSame(user)).toBe(true)
  })

  it('by its process, whose map says which id the caller has there', async () => {
    const id = 4242
    const own = { containerID: id, size: 1 }
    const child = spawn('sleep', ['600'], {
      unshare: ['user'],
      uidMap: [{ ...own, hostID: process.geteuid?.() ?? 0 }],
      gidMap: [{ ...own, hostID: process.getegid?.() ?? 0 }],
      stdio: 'ignore',
    })
    await child.spawned
    try {
      const join = [{ pid: child.pid as number, types: ['user'] as const }]
      const { stdout } = await execFile('cat', ['/proc/self/uid_map'], { join, unshare: ['user'] })
      expect(stdout.trim().split(/\s+/)).toEqual(['0', String(id), '1'])
    } finally {
      await child[Symbol.asyncDispose]()
    }
  })
})
