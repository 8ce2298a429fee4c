import {
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  compileSeccomp,
  formatOciSpec,
  IdMap,
  Namespace,
  type OciRefusalError,
  readStatus,
  type SpawnOptions,
  spawn,
  toOciSpec,
} from '../../lib/index'
import { parseMountInfo } from '../../lib/probe/facts/mountinfo'
import { place } from '../support/inside'
import { itWith } from '../support/needs'

const ENV = { PATH: '/usr/bin' }
const SANDBOX = ['user', 'pid', 'mnt'] as const

function refused(options: SpawnOptions, command = '/bin/true'): Record<string, string> {
  try {
    toOciSpec(command, [], options)
  } catch (error) {
    const { code, refused, name, message } = error as OciRefusalError
    expect([code, name]).toEqual(['ERR_NSKIT_OCI_REFUSED', 'TypeError'])
    for (const { path, reason } of refused) expect(message).toContain(`\n  ${path}: ${reason}`)
    return Object.fromEntries(refused.map(({ path, reason }) => [path, reason]))
  }
  throw new Error('not refused')
}

describe('wrong options', () => {
  test.each<[string, object]>([
    ['an unknown one', { hostnam: 'box' }],
    ['one without its namespace', { hostname: 'box' }],
    ['a wrong value', { unshare: ['uts'], hostname: 1 }],
    ['a mount of no type', { unshare: ['mnt'], mounts: [{ type: 'bin' }] }],
    ['a limit that is none', { rlimits: { files: 1 } }],
    ['a filter that is none', { seccomp: { defaultAction: 'ALLOW' } }],
    ['a variable that is cut short', { env: { PATH: '/bin\0' } }],
  ])('%s throws as from spawn', (_, options) => {
    const of = (call: () => unknown): unknown => {
      try {
        return call()
      } catch (error) {
        return error
      }
    }
    const theirs = of(() => spawn('/bin/true', options))
    expect(theirs).toBeInstanceOf(Error)
    expect(of(() => toOciSpec('/bin/true', options))).toEqual(theirs)
  })
})

describe('what has no form is refused by name', () => {
  test.each<[string, string, SpawnOptions]>([
    ['argv0', 'argv0', { argv0: 'other' }],
    ['descriptors', 'fds', { fds: { 5: 0 } }],
    ['denied setgroups', 'setgroups', { unshare: ['user'], setgroups: 'deny' }],
    ['a loopback that stays down', 'loopback', { unshare: ['user', 'net'], loopback: false }],
    ['an audit session', 'auditSession', { auditSession: true }],
    ['an empty name', 'hostname', { unshare: ['uts'], hostname: '' }],
    [
      'a compiled filter',
      'seccomp',
      { seccomp: compileSeccomp({ defaultAction: 'SCMP_ACT_ALLOW' }, 'x64').program },
    ],
    ['a cgroup that is none', 'cgroup', { cgroup: '/tmp' }],
    [
      'a file',
      'mounts[0]',
      { unshare: SANDBOX, root: 'empty', mounts: [{ type: 'file', destination: '/x', content: '' }] },
    ],
    [
      'devices elsewhere',
      'mounts[0]',
      { unshare: SANDBOX, root: 'empty', mounts: [{ type: 'dev', destination: '/x/dev' }] },
    ],
    [
      'a link that leads nowhere',
      'mounts[0]',
      {
        unshare: SANDBOX,
        root: 'empty',
        mounts: [{ type: 'symlink', target: 'usr/bin', destination: '/bin' }],
      },
    ],
    [
      'a read-only root with mounts in it',
      'rootReadonly',
      { unshare: SANDBOX, root: '/', rootReadonly: true },
    ],
    [
      'the same by another name of it',
      'rootReadonly',
      { unshare: SANDBOX, root: '/proc/self/root', rootReadonly: true },
    ],
    ['a joined mount namespace', 'join', { join: [{ pid: 1, types: ['mnt'] }] }],
    ['a namespace in a joined one', 'join', { unshare: ['user'], join: [{ pid: 1, types: ['user'] }] }],
    [
      'an id that no map has',
      'uid',
      { unshare: ['user'], uidMap: [{ containerID: 5, hostID: 4_000_000_000, size: 1 }], gid: 5 },
    ],
  ])('%s', (_, path, options) => {
    expect(Object.keys(refused({ env: ENV, ...options }))).toEqual([path])
  })

  it('a program without a path, for whom the environment has no PATH', () => {
    expect(refused({ env: {} }, 'true')).toEqual({ env: expect.stringContaining("'true'") })
    expect(toOciSpec('true', { env: ENV }).process.args).toEqual(['true'])
  })

  it('a user namespace that is joined by a handle, without ids', () => {
    const join = [Namespace.of('self', 'user')]
    expect(Object.keys(refused({ env: ENV, join }))).toEqual(['uid', 'gid'])
    expect(toOciSpec('/bin/true', { env: ENV, join, uid: 0, gid: 0 }).linux.namespaces).toContainEqual({
      type: 'user',
      path: `/proc/${process.pid}/fd/${join[0]?.fd}`,
    })
    join[0]?.close()
  })

  it('all of it at once', () => {
    const options: SpawnOptions = { argv0: 'x', auditSession: true, cgroup: '/tmp', env: ENV }
    expect(Object.keys(refused(options))).toEqual(['argv0', 'auditSession', 'cgroup'])
  })
})

/** Types allow it with exactOptionalPropertyTypes too, as those of child_process do: this file is compiled so. */
it('what is undefined is as if it were left out', () => {
  const none = undefined
  const of = (options: SpawnOptions) =>
    toOciSpec('/bin/true', { unshare: [...SANDBOX, 'time'], root: 'empty', env: ENV, ...options })
  const [bind, tmpfs, overlay, pts] = [
    { type: 'bind', source: '/a', destination: '/a' },
    { type: 'tmpfs', destination: '/t' },
    { type: 'overlay', destination: '/o', lower: ['/l', '/m'] },
    { type: 'devpts', destination: '/p' },
  ] as const
  expect(
    of({
      capabilities: { bounding: none, effective: none, permitted: none, inheritable: none, ambient: none },
      timeOffsets: { monotonic: none, boottime: none },
      mounts: [
        { ...bind, readonly: none, recursive: none, noexec: none, nosuid: none, nodev: none, idMap: none },
        { ...tmpfs, size: none, mode: none, readonly: none, noexec: none },
        { ...overlay, upper: none, work: none },
        { ...pts, readonly: none },
      ],
    }),
  ).toEqual(of({ capabilities: {}, timeOffsets: {}, mounts: [bind, tmpfs, overlay, pts] }))
})

describe('what is about the handle leaves nothing behind', () => {
  it('the configuration is the same without', () => {
    const options: SpawnOptions = { unshare: SANDBOX, env: ENV }
    const controller = new AbortController()
    expect(
      toOciSpec('/bin/true', [], {
        ...options,
        stdio: 'inherit',
        detached: true,
        dieWithParent: false,
        init: true,
        signal: controller.signal,
        timeout: 5,
        killSignal: 'SIGKILL',
        sessionKeyring: 'new',
      }),
    ).toEqual(toOciSpec('/bin/true', options))
  })
})

describe('mounts', () => {
  const mounts = (list: SpawnOptions['mounts'], options: SpawnOptions = {}) =>
    toOciSpec('/bin/true', {
      unshare: ['user', 'mnt'],
      root: 'empty',
      env: ENV,
      mounts: list,
      ...options,
    }).mounts.filter(({ destination }) => !destination.startsWith('/dev'))

  it('of a bind the attributes hold below it too, in and for runtimes that know only the mount itself', () => {
    expect(
      mounts([
        { type: 'bind', source: 'a', destination: '/a' },
        { type: 'bind', source: '/b', destination: '/b/', readonly: true, noexec: true },
        { type: 'bind', source: '/c', destination: '/c', nosuid: true, recursive: false },
      ]),
    ).toEqual([
      { type: 'bind', source: `${process.cwd()}/a`, destination: '/a', options: ['rbind', 'rprivate'] },
      {
        type: 'bind',
        source: '/b',
        destination: '/b',
        options: ['rbind', 'rprivate', 'ro', 'rro', 'noexec', 'rnoexec'],
      },
      { type: 'bind', source: '/c', destination: '/c', options: ['bind', 'private', 'nosuid'] },
    ])
  })

  it('ids of a bind are mapped, and its options say so', () => {
    const ids = [{ containerID: 0, hostID: 100_000, size: 65_536 }]
    const idMap = { uid: ids, gid: new IdMap(ids) }
    const [recursive, single] = mounts([
      { type: 'bind', source: '/a', destination: '/a', idMap },
      { type: 'bind', source: '/a', destination: '/b', idMap, recursive: false },
    ])
    expect(recursive).toMatchObject({ uidMappings: ids, gidMappings: ids })
    expect([recursive?.options.at(-1), single?.options.at(-1)]).toEqual(['ridmap', 'idmap'])
  })

  it('file systems keep the options that nskit mounts them with', () => {
    const unshare = ['user', 'mnt', 'pid', 'net', 'ipc', 'cgroup'] as const
    const list = [
      { type: 'tmpfs', destination: '/t', size: 4096, mode: 0o700, noexec: true },
      { type: 'sysfs', destination: '/s', readonly: true },
      { type: 'mqueue', destination: '/m' },
      { type: 'cgroup2', destination: '/c' },
      { type: 'devpts', destination: '/p' },
      { type: 'overlay', destination: '/o', lower: ['/a,b', '/c:d'] },
    ] as const
    const plain = ['nosuid', 'nodev', 'noexec']
    expect(mounts(list, { unshare }).map(({ type, options }) => [type, ...options])).toEqual([
      ['proc', ...plain],
      ['tmpfs', ...plain, 'mode=0700', 'size=4096'],
      ['sysfs', 'ro', ...plain],
      ['mqueue', ...plain],
      ['cgroup2', ...plain],
      ['devpts', 'nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=620'],
      ['overlay', 'lowerdir=/a\\,b:/c\\:d', 'userxattr'],
    ])
  })

  it('a link that leads into a bind becomes one, as read-only as that', () => {
    const usr = { type: 'bind', source: '/opt/tree', destination: '/usr', readonly: true } as const
    const links = [
      { type: 'symlink', target: 'usr/bin', destination: '/bin' },
      { type: 'symlink', target: '/bin/sh', destination: '/sh' },
    ] as const
    expect(
      mounts([usr, ...links]).map(({ source, destination, options }) => [source, destination, options]),
    ).toEqual([
      ['/opt/tree', '/usr', ['rbind', 'rprivate', 'ro', 'rro']],
      ['/opt/tree/bin', '/bin', ['rbind', 'rprivate', 'ro', 'rro']],
      ['/opt/tree/bin/sh', '/sh', ['rbind', 'rprivate', 'ro', 'rro']],
    ])
    const over = { type: 'tmpfs', destination: '/usr/bin/x' } as const
    const options: SpawnOptions = { unshare: ['user', 'mnt'], root: 'empty', mounts: [usr, links[0], over] }
    expect(Object.keys(refused(options))).toEqual(['mounts[1]'])
  })

  it('a link in the files of a bind does not lead out of them: its source would be followed on the host', () => {
    const folder = mkdtempSync(join(tmpdir(), 'nskit-tree-'))
    mkdirSync(join(folder, 'inside'))
    symlinkSync('inside', join(folder, 'alias'))
    symlinkSync('/etc', join(folder, 'bin'))
    symlinkSync('../..', join(folder, 'up'))
    const list = (target: string) =>
      [
        { type: 'bind', source: folder, destination: '/usr' },
        { type: 'symlink', target, destination: '/link' },
      ] as const
    expect(mounts(list('usr/alias')).at(-1)).toMatchObject({
      source: `${folder}/alias`,
      destination: '/link',
    })
    const { root } = toOciSpec('/bin/true', { unshare: SANDBOX, root: `${folder}/alias/x`, env: ENV })
    // Without a link, of which runc takes none as a root.
    expect(root.path).toBe(`${folder}/inside/x`)
    for (const target of ['usr/bin', 'usr/bin/ssh', 'usr/up/x']) {
      expect(Object.keys(refused({ unshare: SANDBOX, root: 'empty', mounts: list(target) }))).toEqual([
        'mounts[1]',
      ])
    }
    rmSync(folder, { recursive: true })
  })

  it('of mounts over each other a link leads into the last', () => {
    const bind = (source: string, destination: string) => ({ type: 'bind', source, destination }) as const
    const list = [
      ...[bind('/deep', '/usr/bin'), bind('/over', '/usr')],
      { type: 'symlink', target: '/usr/bin/x', destination: '/x' } as const,
    ]
    expect(mounts(list).at(-1)?.source).toBe('/over/bin/x')
  })

  it('a mount behind a link of the list is behind it, where a bind would not show it', () => {
    const list = [
      { type: 'bind', source: '/opt/tree', destination: '/usr' },
      { type: 'symlink', target: 'usr/bin', destination: '/bin' },
      { type: 'tmpfs', destination: '/bin/x' },
    ] as const
    expect(Object.keys(refused({ unshare: SANDBOX, root: 'empty', mounts: list }))).toEqual(['mounts[1]'])
  })

  it('a loop of links is refused', () => {
    const mounts = [
      { type: 'symlink', target: '/b', destination: '/a' },
      { type: 'symlink', target: '/a', destination: '/b' },
    ] as const
    expect(Object.keys(refused({ unshare: SANDBOX, root: 'empty', mounts }))).toEqual([
      'mounts[0]',
      'mounts[1]',
    ])
  })

  it("of the caller's root each entry is bound, but a /proc that will be fresh", () => {
    const all = toOciSpec('/bin/true', { unshare: SANDBOX, env: ENV, rootReadonly: true }).mounts
    const usr = all.find(({ destination }) => destination === '/usr')
    expect(usr).toEqual({
      type: 'bind',
      source: '/usr',
      destination: '/usr',
      options: ['rbind', 'rprivate', 'ro', 'rro'],
    })
    expect(all.filter(({ destination }) => destination === '/proc').map(({ type }) => type)).toEqual(['proc'])
    // So that runtimes make no devices in it, which is the host's.
    expect(all.filter(({ destination }) => destination.startsWith('/dev')).map(({ type }) => type)).toEqual([
      'bind',
    ])
  })

  it('what is mounted below a read-only path is named, as a runtime makes the mount at the path alone read-only', () => {
    const points = parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'))
      .map(({ mountPoint }) => mountPoint)
      .filter((point) => point.startsWith('/dev/'))
    expect(points).not.toEqual([])
    const of = (options: SpawnOptions) =>
      toOciSpec('/bin/true', { unshare: SANDBOX, env: ENV, ...options }).linux.readonlyPaths?.sort()
    expect(of({ readonlyPaths: ['/dev'] })).toEqual([...new Set(['/dev', ...points])].sort())
    const bind = { type: 'bind', source: '/dev', destination: '/there' } as const
    const there = points.map((point) => point.replace('/dev', '/there'))
    expect(of({ root: 'empty', mounts: [bind], readonlyPaths: ['/there'] })).toEqual(
      [...new Set(['/there', ...there])].sort(),
    )
    const single = { ...bind, recursive: false }
    expect(of({ root: 'empty', mounts: [single], readonlyPaths: ['/there'] })).toEqual(['/there'])
  })

  it('what a link of / leads to, hidden by what is no bind, is refused', () => {
    const merged = lstatSync('/bin').isSymbolicLink()
    const tmpfs = (destination: string): SpawnOptions => ({
      unshare: SANDBOX,
      mounts: [{ type: 'tmpfs', destination }],
    })
    for (const path of merged ? ['/usr', '/bin/x', '/usr/bin/x'] : [])
      expect(Object.keys(refused(tmpfs(path)))).toContain('mounts[0]')
    expect(toOciSpec('/bin/true', { ...tmpfs('/opt'), env: ENV }).mounts.at(-1)?.destination).toBe('/opt')
  })

  it('/dev is there in any other root, and once', () => {
    const dev = (list: SpawnOptions['mounts']) =>
      toOciSpec('/bin/true', { unshare: SANDBOX, root: '/srv', env: ENV, mounts: list })
        .mounts.map(({ destination }) => destination)
        .filter((destination) => destination.startsWith('/dev'))
    const all = ['/dev', '/dev/pts', '/dev/shm']
    expect(dev([])).toEqual(all)
    expect(dev([{ type: 'dev', destination: '/dev' }])).toEqual(all)
    expect(dev([{ type: 'bind', source: '/dev', destination: '/dev' }])).toEqual(['/dev'])
    expect(
      dev([
        { type: 'dev', destination: '/dev' },
        { type: 'tmpfs', destination: '/dev/shm', size: 1 },
      ]),
    ).toEqual(all)
  })
})

it('what is given may be changed: the next one is made anew', () => {
  const make = () => toOciSpec('/bin/true', { unshare: SANDBOX, root: 'empty', env: ENV })
  const first = make()
  for (const { options } of first.mounts) options.push('changed')
  expect(JSON.stringify(make())).not.toContain('changed')
})

describe("the kernel's files", () => {
  const spec = (options: SpawnOptions) =>
    toOciSpec('/bin/true', { unshare: ['pid', 'mnt', 'net'], root: 'empty', env: ENV, ...options })
  const mounts = [{ type: 'sysfs', destination: '/sys' }] as const

  it('are read-only where the command may not undo it', () => {
    const { linux, mounts: made } = spec({ capabilities: 'none', mounts, readonlyPaths: ['/proc/sys', '/x'] })
    expect(linux.readonlyPaths).toEqual(['/proc/sys', '/x', '/proc/sysrq-trigger', '/proc/irq', '/proc/bus'])
    expect(made.find(({ type }) => type === 'sysfs')?.options).toContain('ro')
  })

  it('are as they are where it keeps its capabilities', () => {
    const { linux, mounts: made } = spec({ mounts })
    expect(linux.readonlyPaths).toBeUndefined()
    expect(made.find(({ type }) => type === 'sysfs')?.options).not.toContain('ro')
  })
})

describe('ids and privileges', () => {
  const { uid, gid } = place()

  it('maps are resolved to numbers, with the id that the caller has inside', () => {
    const of = (uidMap: SpawnOptions['uidMap']) => {
      const { linux, process: own } = toOciSpec('/bin/true', {
        unshare: ['user'],
        uidMap,
        gidMap: uidMap,
        env: ENV,
      })
      return { uids: linux.uidMappings, gids: linux.gidMappings, user: [own.user.uid, own.user.gid] }
    }
    const one = (containerID: number, hostID: number) => [{ containerID, hostID, size: 1 }]
    expect(of('root')).toEqual({ uids: one(0, uid), gids: one(0, gid), user: [0, 0] })
    expect(of('self')).toEqual({ uids: one(uid, uid), gids: one(gid, gid), user: [uid, gid] })
    const elsewhere = [{ containerID: 0, hostID: 3_000_000_000, size: 10 }]
    expect(of(elsewhere)).toEqual({ uids: elsewhere, gids: elsewhere, user: [0, 0] })
  })

  itWith('subids', 'subordinate ids too', () => {
    const { linux } = toOciSpec('/bin/true', {
      unshare: ['user'],
      uidMap: 'subids',
      gidMap: 'subids',
      env: ENV,
    })
    expect(linux.uidMappings?.[0]).toEqual({ containerID: 0, hostID: uid, size: 1 })
    expect(linux.uidMappings?.[1]?.containerID).toBe(1)
  })

  it('capabilities that are kept are listed: a runtime takes all others', () => {
    const of = (options: SpawnOptions) =>
      toOciSpec('/bin/true', { env: ENV, ...options }).process.capabilities
    const { bounding } = readStatus('self').capabilities
    const inside = of({ unshare: ['user'] })
    expect(inside.effective).toEqual(inside.bounding)
    expect(inside.bounding).toEqual(expect.arrayContaining([...bounding]))
    expect(inside).toMatchObject({ inheritable: [], ambient: [] })
    expect(of({ uid: 1000, gid: 1000 })).toMatchObject({
      effective: [],
      permitted: [],
      bounding: [...bounding],
    })
    expect(of({ unshare: ['user'], capabilities: ['CAP_KILL'] })).toEqual({
      bounding: ['CAP_KILL'],
      effective: ['CAP_KILL'],
      permitted: ['CAP_KILL'],
      inheritable: ['CAP_KILL'],
      ambient: ['CAP_KILL'],
    })
  })

  it("groups are the options', and the umask this process's", () => {
    const { user } = toOciSpec('/bin/true', { env: ENV, uid: 5, gid: 6, groups: [7, 6] }).process
    expect(user).toEqual({ uid: 5, gid: 6, additionalGids: [7], umask: readStatus('self').umask })
  })

  it('limits without bound are exact, and text has them as numbers', () => {
    const spec = toOciSpec('/bin/true', { env: ENV, rlimits: { core: Number.POSITIVE_INFINITY, nofile: 5 } })
    expect(spec.process.rlimits).toEqual([
      { type: 'RLIMIT_CORE', soft: 18446744073709551615n, hard: 18446744073709551615n },
      { type: 'RLIMIT_NOFILE', soft: 5, hard: 5 },
    ])
    expect(formatOciSpec(spec)).toContain('"soft": 18446744073709551615,')
  })

  it('values of a filter are numbers, of 64 bits where they need it', () => {
    const seccomp = {
      defaultAction: 'SCMP_ACT_ALLOW',
      syscalls: [
        {
          names: ['personality'],
          action: 'SCMP_ACT_ERRNO',
          args: [
            { index: 0, value: '18446744073709551615', op: 'SCMP_CMP_EQ' },
            { index: 1, value: 8n, valueTwo: '7', op: 'SCMP_CMP_MASKED_EQ' },
          ],
        },
        { names: ['mkdir'], action: 'SCMP_ACT_ERRNO', args: null },
      ],
      flags: null,
    }
    const [first, second] = toOciSpec('/bin/true', { env: ENV, seccomp }).linux.seccomp?.syscalls ?? []
    expect(first?.args).toEqual([
      { index: 0, value: 18446744073709551615n, op: 'SCMP_CMP_EQ' },
      { index: 1, value: 8, valueTwo: 7, op: 'SCMP_CMP_MASKED_EQ' },
    ])
    expect(second).toEqual({ names: ['mkdir'], action: 'SCMP_ACT_ERRNO' })
  })
})

describe('namespaces', () => {
  it('a mount namespace is there, whatever was asked', () => {
    expect(toOciSpec('/bin/true', { env: ENV }).linux.namespaces).toEqual([{ type: 'mount' }])
  })

  it('those of a process are joined by its /proc, a handle by its descriptor', () => {
    const net = Namespace.of('self', 'net')
    const join = [{ pid: 42, types: ['ipc', 'uts'] }, net] as const
    expect(toOciSpec('/bin/true', { env: ENV, join }).linux.namespaces.slice(1)).toEqual([
      { type: 'ipc', path: '/proc/42/ns/ipc' },
      { type: 'uts', path: '/proc/42/ns/uts' },
      { type: 'network', path: `/proc/${process.pid}/fd/${net.fd}` },
    ])
    const fd = openSync(`/proc/${process.pid}/fd/${net.fd}`, 'r')
    expect(readlinkSync(`/proc/self/fd/${fd}`)).toBe(readlinkSync('/proc/self/ns/net'))
    closeSync(fd)
    net.close()
  })

  it('offsets are seconds, and nanoseconds that are not negative', () => {
    const options = {
      unshare: ['user', 'time'],
      timeOffsets: { monotonic: -1500.5, boottime: 2000 },
    } as const
    expect(toOciSpec('/bin/true', { env: ENV, ...options }).linux.timeOffsets).toEqual({
      monotonic: { secs: -2, nanosecs: 499_500_000 },
      boottime: { secs: 2, nanosecs: 0 },
    })
  })
})

describe('the command', () => {
  it('is looked for by its name, in a directory that is found now', () => {
    const { process: own } = toOciSpec('ls', ['-l'], { cwd: '..', env: { PATH: '/usr/bin', NO: undefined } })
    expect(own).toMatchObject({ args: ['ls', '-l'], env: ['PATH=/usr/bin'], terminal: false })
    expect(own.cwd).toBe(process.cwd().replace(/\/[^/]*$/, ''))
    const inside = toOciSpec('/bin/ls', { unshare: SANDBOX, root: 'empty', cwd: 'work', env: ENV })
    expect(inside.process.cwd).toBe('/work')
    expect(inside.root).toEqual({ path: 'rootfs', readonly: false })
  })

  it('has its name in an annotation', () => {
    expect(toOciSpec('/bin/true', { env: ENV, name: 'web' }).annotations).toEqual({
      'io.nskit.name': 'web',
      'io.nskit.root': 'empty',
    })
  })

  it('text is what JSON.stringify gives, where that can', () => {
    const spec = toOciSpec('/bin/true', ['"\\\u0001\n', 'é'], { env: { ...ENV, X: '18446744073709551615n' } })
    expect(formatOciSpec(spec)).toBe(`${JSON.stringify(spec, null, 2)}\n`)
    const map = IdMap.fromSpec('0:5:1')
    const odd = {
      ...spec,
      annotations: { at: new Date(0), map, list: [undefined, () => {}], none: () => {} },
    }
    expect(formatOciSpec(odd as never)).toBe(`${JSON.stringify(odd, null, 2)}\n`)
  })
})
