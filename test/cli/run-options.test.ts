import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MOUNT_OPTIONS } from '../../lib/cli/start/mounts'
import { START_OPTIONS } from '../../lib/cli/start/options'
import { IdMap, type Mount, type SpawnOptions, sandboxSeccomp } from '../../lib/index'
import { SPAWN_OPTIONS } from '../../lib/plan/option-names'
import { NAMESPACE_TYPES } from '../../lib/tables/namespaces'
import { descriptors } from '../support/leftovers'
import { optionsOf, start } from './start'

let folder: string
let before: string
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'nskit-run-')))
  before = process.cwd()
  process.chdir(folder)
  writeFileSync('text', 'content')
  writeFileSync('program', Buffer.from([6, 0, 0, 0, 0, 0, 255, 127]))
  writeFileSync('profile.json', '\n{"defaultAction": "SCMP_ACT_ALLOW"}')
  writeFileSync('config.json', '{"linux": {"seccomp": {"defaultAction": "SCMP_ACT_LOG"}}}')
})
afterAll(() => {
  process.chdir(before)
  rmSync(folder, { recursive: true })
})

/** Everything but `mounts`, which has its own table below. */
const ROWS: ReadonlyArray<readonly [args: string[], options: SpawnOptions]> = [
  [[], {}],
  [['-u', 'user,net', '--unshare', 'pid'], { unshare: ['user', 'net', 'pid'] }],
  [['-u', 'all'], { unshare: NAMESPACE_TYPES }],
  [['-u', 'net,all'], { unshare: ['net', ...NAMESPACE_TYPES] }],
  [
    ['--join', '7:net,uts', '-j', '8:ipc'],
    {
      join: [
        { pid: 7, types: ['net', 'uts'] },
        { pid: 8, types: ['ipc'] },
      ],
    },
  ],
  [['--uid-map', 'self', '--gid-map', 'subids'], { uidMap: 'self', gidMap: 'subids' }],
  [['--uid-map', '0:1000:1,1:2000:9'], { uidMap: IdMap.fromSpec(['0:1000:1', '1:2000:9']) }],
  [['--uid-map', '0:1000:1', '--uid-map', '1:2000:9'], { uidMap: IdMap.fromSpec(['0:1000:1', '1:2000:9']) }],
  [['--setgroups', 'deny'], { setgroups: 'deny' }],
  [['--uid', '5', '--gid', '6', '--groups', '7,8', '--groups', '9'], { uid: 5, gid: 6, groups: [7, 8, 9] }],
  [['--groups', ''], { groups: [] }],
  [['--hostname', 'a', '--hostname', 'b'], { hostname: 'b' }],
  [['--domainname', 'a b'], { domainname: 'a b' }],
  [['--monotonic', '1.5', '--boottime=-2'], { timeOffsets: { monotonic: 1500, boottime: -2000 } }],
  [['--no-init', '--no-loopback'], { init: false, loopback: false }],
  [['--root', 'host', '--root-readonly'], { root: 'host', rootReadonly: true }],
  [['--root', '/srv'], { root: '/srv' }],
  [['--no-proc'], { proc: false }],
  [['--host-proc'], { proc: 'host' }],
  [['--mask', '/a:b', '--mask', '/c,d'], { maskedPaths: ['/a:b', '/c,d'] }],
  [['--readonly-path', '/e'], { readonlyPaths: ['/e'] }],
  [['--capabilities', 'none'], { capabilities: 'none' }],
  [['--capabilities', 'keep'], { capabilities: 'keep' }],
  [['--capabilities', ''], { capabilities: [] }],
  [
    ['--capabilities', 'CAP_NET_RAW,net_admin', '--capabilities', 'cap_chown'],
    { capabilities: ['CAP_NET_RAW', 'CAP_NET_ADMIN', 'CAP_CHOWN'] },
  ],
  [['--no-new-privileges'], { noNewPrivileges: true }],
  [['--allow-new-privileges'], { noNewPrivileges: false }],
  [['--seccomp', 'sandbox'], { seccomp: sandboxSeccomp() }],
  [['--seccomp', 'profile.json'], { seccomp: { defaultAction: 'SCMP_ACT_ALLOW' } }],
  [['--seccomp', 'config.json'], { seccomp: { defaultAction: 'SCMP_ACT_LOG' } }],
  [['--seccomp', './program'], { seccomp: Buffer.from([6, 0, 0, 0, 0, 0, 255, 127]) }],
  [
    ['--rlimit', 'nofile=10:20', '--rlimit', 'RLIMIT_CORE=unlimited', '--rlimit', 'fsize=1k:2M'],
    {
      rlimits: {
        nofile: { soft: 10, hard: 20 },
        RLIMIT_CORE: { soft: Number.POSITIVE_INFINITY, hard: Number.POSITIVE_INFINITY },
        fsize: { soft: 1024, hard: 2 << 20 },
      },
    },
  ],
  [['--cgroup', '/sys/fs/cgroup/a'], { cgroup: '/sys/fs/cgroup/a' }],
  [['--session-keyring', '--audit-session'], { sessionKeyring: 'new', auditSession: true }],
  [['--clear-env', '--env', 'A=b=c', '--env', 'B='], { env: { A: 'b=c', B: '' } }],
  [['--env', 'A=1', '--clear-env'], { env: {} }],
  [['--clear-env', '--env', 'A=1', '--env', 'B=2', '--unset-env', 'A'], { env: { B: '2' } }],
  [['--chdir', '/a b'], { cwd: '/a b' }],
  [['--argv0', 'sh'], { argv0: 'sh' }],
  [['--argv0=-sh'], { argv0: '-sh' }],
  [['--fd', '5', '--fd', '6=7'], { fds: { 5: 5, 6: 7 } }],
  [['--new-session'], { detached: true, dieWithParent: true }],
  [['--new-session', '--no-die-with-parent'], { detached: true, dieWithParent: false }],
  [['--no-die-with-parent', '--new-session'], { detached: true, dieWithParent: false }],
  // Not 0, which is none.
  [['--timeout', '0.0001'], { timeout: 1 }],
  [['--timeout', '2', '--kill-signal', 'kill'], { timeout: 2000, killSignal: 9 }],
  [['--timeout', '250ms', '--kill-signal', 'RTMIN+1'], { timeout: 250, killSignal: 35 }],
  [['--timeout', '1.5m', '--kill-signal', 'SIGUSR1'], { timeout: 90_000, killSignal: 10 }],
]

const BIND = {
  type: 'bind',
  readonly: false,
  recursive: true,
  noexec: false,
  nosuid: false,
  nodev: false,
} as const

const TMPFS = { type: 'tmpfs', readonly: false, noexec: false } as const

const MOUNTS: ReadonlyArray<readonly [args: string[], mounts: () => Mount[]]> = [
  [['--bind', '/a:/b'], () => [{ ...BIND, source: '/a', destination: '/b' }]],
  [['--bind', '.'], () => [{ ...BIND, source: '.', destination: folder }]],
  [['--bind', '../a b/'], () => [{ ...BIND, source: '../a b/', destination: join(folder, '../a b') }]],
  [['--ro-bind', '/a'], () => [{ ...BIND, source: '/a', destination: '/a', readonly: true }]],
  [
    ['--bind', '/a:/b,noexec,nosuid,nodev,norecursive'],
    () => [
      { ...BIND, source: '/a', destination: '/b', recursive: false, noexec: true, nosuid: true, nodev: true },
    ],
  ],
  [['--bind', 'text:/b,optional'], () => [{ ...BIND, source: 'text', destination: '/b' }]],
  [['--bind', 'absent:/b,optional', '--bind', 'text/below,optional'], () => []],
  [
    ['--bind', '/a,uid-map=0:1:2,uid-map=2:5:1,gid-map=root'],
    () => [
      {
        ...BIND,
        source: '/a',
        destination: '/a',
        idMap: { uid: IdMap.fromSpec(['0:1:2', '2:5:1']), gid: 'root' },
      },
    ],
  ],
  [['--bind', '/a\\:b:/c\\,d\\\\e'], () => [{ ...BIND, source: '/a:b', destination: '/c,d\\e' }]],
  [
    ['--tmpfs', '/a,size=64M,mode=0700'],
    () => [{ ...TMPFS, destination: '/a', size: 64 << 20, mode: 0o700 }],
  ],
  [['--tmpfs', '/a,ro,noexec'], () => [{ type: 'tmpfs', destination: '/a', readonly: true, noexec: true }]],
  [['--dev', '/a'], () => [{ type: 'dev', destination: '/a' }]],
  [['--tmpfs', '/a'], () => [{ ...TMPFS, destination: '/a' }]],
  ...(['proc', 'sysfs', 'mqueue', 'devpts', 'cgroup2'] as const).map((type): [string[], () => Mount[]] => [
    [`--${type}`, '/a', `--${type}`, '/b,ro'],
    () => [
      { type, destination: '/a', readonly: false },
      { type, destination: '/b', readonly: true },
    ],
  ]),
  [
    ['--overlay', '/a,lower=/b:c,lower=/d\\,e'],
    () => [{ type: 'overlay', destination: '/a', lower: ['/b:c', '/d,e'] }],
  ],
  [
    ['--overlay', '/a,lower=/b,upper=u,work=w'],
    () => [{ type: 'overlay', destination: '/a', lower: ['/b'], upper: 'u', work: 'w' }],
  ],
  [['--symlink', '../a:/b'], () => [{ type: 'symlink', target: '../a', destination: '/b' }]],
  [
    ['--file', 'text:/a,mode=600'],
    () => [{ type: 'file', destination: '/a', content: Buffer.from('content'), mode: 0o600 }],
  ],
  [
    ['--tmpfs', '/a', '--hostname', 'x', '--bind', '/b', '--tmpfs=/c'],
    () => [
      { ...TMPFS, destination: '/a' },
      { ...BIND, source: '/b', destination: '/b' },
      { ...TMPFS, destination: '/c' },
    ],
  ],
]

describe('options of nskit run', () => {
  test.each(ROWS)('%j', (args, options) => expect(optionsOf(...args)).toEqual(options))

  test.each(MOUNTS)('mounts: %j', (args, mounts) => expect(optionsOf(...args).mounts ?? []).toEqual(mounts()))

  test('variables are added to those that nskit has', () => {
    const { PATH: _, ...others } = process.env
    expect(optionsOf('--env', 'NSKIT_A=1', '--unset-env', 'PATH').env).toEqual({ ...others, NSKIT_A: '1' })
  })

  test('each is in a row of these tables', () => {
    const args = [...ROWS, ...MOUNTS].flatMap(([words]) => words)
    const missing = Object.entries(START_OPTIONS).filter(([name, option]) => {
      const short = 'short' in option ? `-${option.short}` : undefined
      return !args.some((arg) => arg.split('=')[0] === `--${name}` || arg === short)
    })
    expect(missing.map(([name]) => name)).toEqual(['bundle', 'ignore'])
  })

  test('every option of spawn has one, but for those about the caller of a function', () => {
    const told = new Set(['mounts', ...ROWS.flatMap(([, options]) => Object.keys(options))])
    expect([...SPAWN_OPTIONS].filter((name) => !told.has(name)).sort()).toEqual(['name', 'signal', 'stdio'])
  })

  test('every type of mount has one', () => {
    const types = MOUNTS.flatMap(([, mounts]) => mounts().map(({ type }) => type))
    expect(
      Object.keys(MOUNT_OPTIONS)
        .filter((name) => name !== 'ro-bind')
        .sort(),
    ).toEqual([...new Set(types)].sort())
  })
})

describe('the working directory of nskit run', () => {
  const inRoot = (...args: string[]) => optionsOf('-u', 'user,mnt', '--root', 'empty', ...args).cwd

  test('is where nskit is, when a mount shows that place', () => {
    expect(inRoot('--bind', '.')).toBe(folder)
    expect(inRoot('--ro-bind', '..')).toBe(folder)
    expect(inRoot('--tmpfs', join(folder, '..'), '--bind', '.')).toBe(folder)
    expect(optionsOf('-u', 'user,mnt', '--root', '/').cwd).toBe(folder)
  })

  test('is left to the root of files where none does, or where a link is on the way', () => {
    symlinkSync('/usr', 'link')
    mkdirSync('a/b', { recursive: true })
    expect(inRoot()).toBeUndefined()
    expect(inRoot('--bind', '.:/work')).toBeUndefined()
    expect(inRoot('--bind', '.', '--tmpfs', folder)).toBeUndefined()
    expect(inRoot('--bind', '..,norecursive')).toBeUndefined()
    expect(inRoot('--bind', `text:${folder}`)).toBeUndefined()
    expect(inRoot('--bind', `/absent:${folder}`)).toBeUndefined()
    expect(inRoot('--bind', `link:${join(folder, '..')}`)).toBeUndefined()
    expect(optionsOf('-u', 'user,mnt', '--root', './a').cwd).toBeUndefined()
  })

  test('is as it is asked for', () => {
    expect(inRoot('--bind', '.', '--chdir', '/x')).toBe('/x')
    expect(optionsOf('-u', 'user,mnt').cwd).toBeUndefined()
  })
})

describe('--join', () => {
  test('a path is opened, and closed with the command', () => {
    const line = start('--join', '/proc/self/ns/net')
    const [handle] = line.options.join!
    expect(handle).toMatchObject({ type: 'net' })
    line[Symbol.dispose]()
    expect(() => (handle as { fd: number }).fd).toThrow('closed')
  })

  test('what was opened is closed when a later option is wrong', () => {
    const open = () => descriptors().filter((name) => name.includes(':['))
    const { length } = open()
    expect(() => start('--join', '/proc/self/ns/net', '--join', '/proc/self/ns/uts', '--join', 'x')).toThrow()
    expect(open()).toHaveLength(length)
  })

  test('a process whose namespaces are all the own ones is nothing to join', () => {
    expect(optionsOf('--join', String(process.pid))).toEqual({})
  })
})
