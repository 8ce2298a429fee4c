import { closeSync, openSync } from 'node:fs'
import {
  explain,
  type FromOciOptions,
  fromOciSpec,
  Namespace,
  type OciRefusalError,
  type SpawnOptions,
} from '../../lib/index'
import { descriptors } from '../support/leftovers'
import { itWith } from '../support/needs'

const CAPS = ['CAP_KILL', 'CAP_CHOWN']

/** As small as a container can be, and then what a test changes. */
function config(
  changes: { process?: object; linux?: object; mounts?: object[]; [key: string]: unknown } = {},
): object {
  const { process: own, linux, ...others } = changes
  return {
    ociVersion: '1.0.2',
    process: { cwd: '/', args: ['/bin/true', 'x'], ...own },
    root: { path: 'rootfs' },
    linux: { namespaces: [{ type: 'mount' }, { type: 'pid' }, { type: 'uts' }], ...linux },
    ...others,
  }
}

function options(changes?: Parameters<typeof config>[0], given?: FromOciOptions): SpawnOptions {
  return fromOciSpec(config(changes), given).options
}

function refused(spec: unknown, given?: FromOciOptions): string[] {
  try {
    fromOciSpec(spec, given)
  } catch (error) {
    const { refused, code, message } = error as OciRefusalError
    if (code !== 'ERR_NSKIT_OCI_REFUSED') throw error
    return refused.map(({ path, reason }) => {
      expect(message).toContain(`${path}: ${reason}`)
      return path
    })
  }
  return []
}

const mount = (each: object) => ({ mounts: [{ destination: '/x', source: 's', ...each }] })

describe('what is refused, by its path', () => {
  test.each<[string, object]>([
    ['hooks', config({ hooks: { prestart: [{ path: '/bin/hook' }] } })],
    ['windows', config({ windows: { layerFolders: ['C:'] } })],
    ['vm', config({ vm: { kernel: { path: '/vmlinuz' } } })],
    ['ociVersion', config({ ociVersion: '2.0.0' })],
    ['ociVersion', config({ ociVersion: undefined })],
    ['process.terminal', config({ process: { terminal: true } })],
    ['process.apparmorProfile', config({ process: { apparmorProfile: 'docker-default' } })],
    ['process.selinuxLabel', config({ process: { selinuxLabel: 'system_u:system_r:x_t:s0' } })],
    ['process.oomScoreAdj', config({ process: { oomScoreAdj: 0 } })],
    ['process.scheduler', config({ process: { scheduler: { policy: 'SCHED_BATCH' } } })],
    ['process.args', config({ process: { args: [] } })],
    ['process.args', config({ process: { args: undefined } })],
    ['process.args[1]', config({ process: { args: ['/bin/true', 5] } })],
    ['process.cwd', config({ process: { cwd: 'work' } })],
    ['process.env[0]', config({ process: { env: ['PATH'] } })],
    ['process.user.uid', config({ process: { user: { uid: -1 } } })],
    ['process.user.umask', config({ process: { user: { umask: 0o123 } } })],
    ['process.user.username', config({ process: { user: { username: 'me' } } })],
    ['process.capabilities.bounding[0]', config({ process: { capabilities: { bounding: ['CAP_NONE'] } } })],
    ['process.capabilities.effective', config({ process: { capabilities: { effective: CAPS } } })],
    ['process.rlimits[0].type', config({ process: { rlimits: [{ type: 'RLIMIT_X', soft: 1, hard: 1 }] } })],
    ['process.rlimits[0].hard', config({ process: { rlimits: [{ type: 'RLIMIT_CPU', soft: 1 }] } })],
    ['process.noNewPrivileges', config({ process: { noNewPrivileges: 'yes' } })],
    ['root', config({ root: undefined })],
    ['root.path', config({ root: {} })],
    ['linux.namespaces', config({ linux: { namespaces: [] } })],
    ['linux.namespaces[0].type', config({ linux: { namespaces: [{ type: 'net' }, { type: 'mount' }] } })],
    ['linux.namespaces[1]', config({ linux: { namespaces: [{ type: 'mount' }, { type: 'mount' }] } })],
    ['linux.uidMappings', config({ linux: { uidMappings: [{ containerID: 0, hostID: 0, size: 1 }] } })],
    ['linux.timeOffsets', config({ linux: { timeOffsets: { boottime: { secs: 1 } } } })],
    ['linux.resources.memory', config({ linux: { resources: { memory: { limit: 1 }, pids: null } } })],
    ['linux.resources.devices', config({ linux: { resources: { devices: [{ allow: false }] } } })],
    ['linux.sysctl.net.core.somaxconn', config({ linux: { sysctl: { 'net.core.somaxconn': '1' } } })],
    ['linux.intelRdt', config({ linux: { intelRdt: { closID: 'x' } } })],
    ['linux.mountLabel', config({ linux: { mountLabel: 'x' } })],
    ['linux.personality', config({ linux: { personality: { domain: 'LINUX32' } } })],
    ['linux.somethingNew', config({ linux: { somethingNew: 1 } })],
    ['linux.rootfsPropagation', config({ linux: { rootfsPropagation: 'shared' } })],
    ['linux.cgroupsPath', config({ linux: { cgroupsPath: 'system.slice:runc:x' } })],
    ['linux.seccomp', config({ linux: { seccomp: { defaultAction: 'SCMP_ACT_NOTIFY' } } })],
    [
      'linux.devices[0]',
      config({ linux: { devices: [{ path: '/dev/fuse', type: 'c', major: 10, minor: 229 }] } }),
    ],
    [
      'linux.devices[0]',
      config({ linux: { devices: [{ path: '/dev/null', type: 'c', major: 1, minor: 11 }] } }),
    ],
    ['linux.devices[0]', config({ linux: { devices: [{ path: '__proto__', type: 'c' }] } })],
    [
      'linux.devices[0].fileMode',
      config({ linux: { devices: [{ path: '/dev/null', type: 'c', major: 1, minor: 3, fileMode: 0o600 }] } }),
    ],
    ['linux.maskedPaths[0]', config({ linux: { maskedPaths: [1] } })],
    ['linux.readonlyPaths[0]', config({ linux: { readonlyPaths: ['/a/../b'] } })],
    ['annotations.a', config({ annotations: { a: 1 } })],
    [
      'process.rlimits[0].hard',
      config({ process: { rlimits: [{ type: 'RLIMIT_AS', soft: 1, hard: { toString: 1, valueOf: 1 } }] } }),
    ],
    [
      'process.rlimits[0].hard',
      config({ process: { rlimits: [{ type: 'RLIMIT_AS', soft: 1, hard: '18446744073709551616' }] } }),
    ],
    ['mounts[0].destination', config(mount({ type: 'tmpfs', destination: '/' }))],
    ['mounts[0].type', config(mount({ type: 'nfs' }))],
    ['mounts[0].source', config(mount({ type: 'bind', source: undefined }))],
    ['mounts[0].options[1]', config(mount({ type: 'bind', options: ['rbind', 'rshared'] }))],
    ['mounts[0].options[0]', config(mount({ type: 'tmpfs', options: ['huge=always'] }))],
    ['mounts[0].options[0]', config(mount({ type: 'tmpfs', options: ['size=50%'] }))],
    ['mounts[0].options[0]', config(mount({ type: 'devpts', options: ['ptmxmode=0000'] }))],
    ['mounts[0].options[0]', config(mount({ type: 'tmpfs', options: ['nosymfollow'] }))],
    ['mounts[0].options', config(mount({ type: 'tmpfs', destination: '/dev', options: ['size=1k'] }))],
    ['mounts[0].options', config(mount({ type: 'overlay' }))],
    ['mounts[0].options', config(mount({ type: 'overlay', options: ['lowerdir=/a:/b', 'noexec'] }))],
    [
      'mounts[0].uidMappings',
      config(mount({ type: 'tmpfs', uidMappings: [{ containerID: 0, hostID: 0, size: 1 }] })),
    ],
    ['mounts[0]', config(mount({ type: 'sysfs' }))],
    ['mounts[0]', config(mount({ type: 'cgroup' }))],
    ['mounts[0]', config(mount({ type: 'bind', options: ['idmap'] }))],
    ['mounts[0]', config(mount({ type: 'bind', gidMappings: [{ containerID: 0, hostID: 5, size: 1 }] }))],
  ])('%s', (path, spec) => {
    expect(refused(spec)).toEqual([path])
  })

  it('but not where it is ignored, with all below it', () => {
    const spec = config({
      process: { oomScoreAdj: 0 },
      linux: { resources: { cpu: { shares: 2 } }, devices: [{ path: '/dev/fuse' }] },
      ...mount({ type: 'tmpfs', options: ['huge=always'] }),
    })
    expect(refused(spec)).toHaveLength(4)
    const ignore = ['process.oomScoreAdj', 'linux.resources', 'linux.devices[0]', 'mounts[0]']
    expect(fromOciSpec(spec, { ignore }).options.mounts).toEqual([{ type: 'dev', destination: '/dev' }])
    // What has to be there is not there then.
    expect(refused(config(), { ignore: ['process.args'] })).toEqual(['process.args'])
  })

  it('all of it at once', () => {
    const spec = config({
      process: { terminal: true, oomScoreAdj: 5 },
      linux: { resources: { cpu: { shares: 2 } } },
    })
    expect(refused(spec)).toEqual(['linux.resources.cpu', 'process.oomScoreAdj', 'process.terminal'])
    expect(refused(spec, { ignore: ['linux.resources', 'process.oomScoreAdj'] })).toEqual([
      'process.terminal',
    ])
  })

  it('a user namespace without maps, and maps that no kernel takes', () => {
    const namespaces = [{ type: 'mount' }, { type: 'user' }]
    expect(refused(config({ linux: { namespaces } }))).toEqual(['linux.uidMappings', 'linux.gidMappings'])
    const twice = [
      { containerID: 0, hostID: 1, size: 5 },
      { containerID: 4, hostID: 9, size: 1 },
    ]
    expect(
      refused(config({ linux: { namespaces, uidMappings: twice, gidMappings: [{ hostID: 1, size: 1 }] } })),
    ).toEqual(['linux.uidMappings', 'linux.gidMappings[0].containerID'])
  })

  test.each([[undefined], [null], ['{}'], [[]], [{}], [{ process: 5, root: [], linux: 'x', mounts: {} }]])(
    'what is no configuration: %j',
    (value) => {
      expect(refused(value)).not.toEqual([])
    },
  )

  it("spawn's own rules hold", () => {
    const spec = config({ hostname: 'box', linux: { namespaces: [{ type: 'mount' }] } })
    expect(() => fromOciSpec(spec)).toThrow("hostname requires unshare: 'uts'")
    expect(refused(spec)).toEqual(['config.json'])
  })

  it.each([
    [{ bundel: '/b' }, "unknown option 'bundel'"],
    [{ ignore: 'linux' }, 'ignore must be an array'],
    [{ ignore: [5] }, 'ignore[0] must be a string'],
    [{ bundle: 5 }, 'bundle must be a string'],
    [null, 'options must be an object'],
  ])('options that are none: %j', (given, message) => {
    expect(() => fromOciSpec(config(), given as FromOciOptions)).toThrow(message)
  })
})

describe('what says nothing is no reason to refuse', () => {
  it('null, empty lists and objects, and annotations', () => {
    const spec = config({
      process: {
        apparmorProfile: '',
        capabilities: null,
        rlimits: null,
        consoleSize: { height: 1, width: 1 },
      },
      linux: {
        resources: { devices: [], memory: {} },
        sysctl: {},
        devices: null,
        rootfsPropagation: '',
        intelRdt: null,
        uidMappings: [],
        cgroupsPath: '',
      },
      hooks: { prestart: [], poststop: null },
      annotations: { 'run.oci.handler': 'x' },
      mounts: null as unknown as object[],
    })
    expect(refused(spec)).toEqual([])
  })
})

describe('what a container is, spawn is asked for', () => {
  it('the least of one', () => {
    const { command, args, options: made } = fromOciSpec(config(), { bundle: '/bundle' })
    expect([command, args]).toEqual(['/bin/true', ['x']])
    expect(made).toEqual({
      env: {},
      cwd: '/',
      uid: 0,
      gid: 0,
      capabilities: { bounding: [], effective: [], permitted: [], inheritable: [], ambient: [] },
      rlimits: {},
      noNewPrivileges: false,
      unshare: ['mnt', 'pid', 'uts'],
      root: '/bundle/rootfs',
      rootReadonly: false,
      mounts: [{ type: 'dev', destination: '/dev' }],
      proc: false,
      maskedPaths: [],
      readonlyPaths: [],
      init: false,
      sessionKeyring: 'new',
    })
    expect(explain(command, args, made).at(-1)?.step).toBe('exec')
  })

  it('capabilities are five sets; ambient ones that no kernel raises are left out', () => {
    const capabilities = { bounding: CAPS, permitted: CAPS, effective: ['CAP_KILL'], ambient: CAPS }
    expect(options({ process: { capabilities } }).capabilities).toEqual({
      ...capabilities,
      inheritable: [],
      ambient: [],
    })
    const ambient = { ...capabilities, inheritable: ['CAP_KILL'] }
    expect(options({ process: { capabilities: ambient } }).capabilities).toMatchObject({
      ambient: ['CAP_KILL'],
    })
  })

  it('limits, of which the largest number is none', () => {
    const rlimits = [
      { type: 'RLIMIT_CORE', soft: 0, hard: JSON.parse('18446744073709551615') },
      { type: 'RLIMIT_AS', soft: 18446744073709551615n, hard: 18446744073709551615n },
    ]
    expect(options({ process: { rlimits } }).rlimits).toEqual({
      RLIMIT_CORE: { soft: 0, hard: Number.POSITIVE_INFINITY },
      RLIMIT_AS: { soft: Number.POSITIVE_INFINITY, hard: Number.POSITIVE_INFINITY },
    })
    expect(refused(config({ process: { rlimits: [rlimits[1], rlimits[1]] } }))).toEqual([
      'process.rlimits[1]',
    ])
  })

  it('names, ids and environment', () => {
    const made = options({
      hostname: 'box',
      domainname: '',
      process: { user: { uid: 5, gid: 6, additionalGids: [7] }, env: ['A=b=c', 'E=', '=x', 'A=last'] },
    })
    expect(made).toMatchObject({ hostname: 'box', uid: 5, gid: 6, groups: [7], env: { A: 'last', E: '' } })
    expect(made).not.toHaveProperty('domainname')
  })

  it('mounts', () => {
    const all = [{ type: 'mount' }, { type: 'pid' }, { type: 'network' }, { type: 'ipc' }, { type: 'cgroup' }]
    const made = fromOciSpec(
      config({
        linux: { namespaces: all },
        mounts: [
          { destination: '/proc', type: 'proc', source: 'proc' },
          {
            destination: '/dev',
            type: 'tmpfs',
            source: 'tmpfs',
            options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
          },
          {
            destination: '/dev/pts',
            type: 'devpts',
            options: ['nosuid', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
          },
          {
            destination: '/dev/shm',
            type: 'tmpfs',
            options: ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=64m'],
          },
          { destination: '/sys', type: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
          { destination: '/sys/fs/cgroup', type: 'cgroup', options: ['ro', 'relatime'] },
          {
            destination: 'etc/hosts',
            type: 'bind',
            source: 'hosts',
            options: ['bind', 'ro', 'rw', 'rnoexec'],
          },
          { destination: '/data/', type: 'none', source: '/srv', options: ['rbind', 'rro', 'rprivate'] },
          {
            destination: '/over',
            type: 'overlay',
            options: ['lowerdir=/a\\:b:c', 'upperdir=up', 'workdir=/w'],
          },
        ],
      }),
      { bundle: '/bundle' },
    ).options.mounts
    const off = { nosuid: false, nodev: false, noexec: false }
    expect(made).toEqual([
      { type: 'proc', destination: '/proc', readonly: false },
      { type: 'dev', destination: '/dev' },
      { type: 'tmpfs', destination: '/dev/shm', readonly: false, noexec: true, size: 64 << 20, mode: 0o1777 },
      { type: 'sysfs', destination: '/sys', readonly: true },
      { type: 'cgroup2', destination: '/sys/fs/cgroup', readonly: true },
      {
        type: 'bind',
        source: '/bundle/hosts',
        destination: '/etc/hosts',
        recursive: false,
        readonly: false,
        ...off,
        noexec: true,
      },
      { type: 'bind', source: '/srv', destination: '/data', recursive: true, readonly: true, ...off },
      {
        type: 'overlay',
        destination: '/over',
        lower: ['/a:b', '/bundle/c'],
        upper: '/bundle/up',
        work: '/w',
      },
    ])
  })

  it('read-only with submounts is not taken back by the option of the mount alone', () => {
    const readonly = (...list: string[]) => {
      const { mounts } = options(mount({ type: 'bind', options: ['rbind', ...list] }))
      return mounts?.map((each) => 'readonly' in each && each.readonly).at(-1)
    }
    expect(readonly('ro', 'rro', 'rw')).toBe(true)
    expect(readonly('ro', 'rro', 'rw', 'rrw')).toBe(false)
  })

  it('terminals that are read-only stay so', () => {
    const mounts = [
      { destination: '/dev', type: 'tmpfs' },
      { destination: '/dev/pts', type: 'devpts', options: ['ro'] },
    ]
    expect(options({ mounts }).mounts).toEqual([
      { type: 'dev', destination: '/dev' },
      { type: 'devpts', destination: '/dev/pts', readonly: true },
    ])
  })

  it('a variable of any name', () => {
    const { env } = options({ process: { env: ['__proto__=x', 'constructor=y'] } })
    expect(Object.entries(env ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
  })

  itWith('cgroup2', 'a cgroup, of which no path leads out of the hierarchy', () => {
    const { cgroup } = options({ linux: { cgroupsPath: '/../../../../tmp/x' } })
    expect(cgroup).toMatch(/cgroup.*\/tmp\/x$/)
  })

  it("ids of a bind: its own, or the container's", () => {
    const [ours, its] = [5, 6].map((hostID) => [{ containerID: 0, hostID, size: 1 }])
    const bind = { type: 'bind', source: '/', destination: '/x' }
    const { mounts } = options({
      linux: { namespaces: [{ type: 'mount' }, { type: 'user' }], uidMappings: ours, gidMappings: ours },
      mounts: [
        { ...bind, options: ['rbind', 'ridmap'] },
        { ...bind, options: ['bind', 'idmap'], uidMappings: its, gidMappings: its },
        { ...bind, uidMappings: its, gidMappings: its },
        bind,
      ],
    })
    const maps = mounts?.filter(({ type }) => type === 'bind').map((each) => 'idMap' in each && each.idMap)
    expect(maps).toEqual([{ uid: ours, gid: ours }, { uid: its, gid: its }, { uid: its, gid: its }, false])
  })

  it('the devices that a runtime has are no reason to refuse', () => {
    const devices = [{ path: '/dev/null', type: 'c', major: 1, minor: 3, fileMode: 438, uid: 0, gid: 0 }]
    expect(refused(config({ linux: { devices } }))).toEqual([])
  })
})

describe('namespaces that there are', () => {
  const joining = (type: string, path: string) =>
    config({ linux: { namespaces: [{ type: 'mount' }, { type, path }] } })

  it('of a process are joined by its pid', () => {
    const { join, unshare } = fromOciSpec(joining('network', `/proc/${process.pid}/ns/net`)).options
    expect([join, unshare]).toEqual([[{ pid: process.pid, types: ['net'] }], ['mnt']])
  })

  it('of which a user namespace may have its maps written down', () => {
    const ids = [{ containerID: 0, hostID: 100_000, size: 65_536 }]
    const namespaces = [{ type: 'mount' }, { type: 'user', path: `/proc/${process.pid}/ns/user` }]
    const made = options({ linux: { namespaces, uidMappings: ids, gidMappings: ids } })
    expect(made).not.toHaveProperty('uidMap')
    expect(made.join).toEqual([{ pid: process.pid, types: ['user'] }])
    expect(refused(config({ linux: { namespaces, uidMappings: [...ids, ...ids] } }))).toEqual([
      'linux.uidMappings',
    ])
  })

  it('elsewhere are opened, for the caller to close', () => {
    const fd = openSync('/proc/self/ns/net', 'r')
    const { join } = fromOciSpec(joining('network', `/proc/self/fd/${fd}`)).options
    const [handle] = join as [Namespace]
    const own = Namespace.of('self', 'net')
    expect(handle.isSame(own)).toBe(true)
    for (const each of [handle, own]) each.close()
    closeSync(fd)
  })

  it('nothing stays open where one is refused', () => {
    const fd = openSync('/proc/self/ns/net', 'r')
    const before = descriptors()
    const net = { type: 'network', path: `/proc/self/fd/${fd}` }
    const namespaces = [{ type: 'mount' }, net, { type: 'ipc', path: `/proc/self/fd/${fd}` }]
    expect(() => fromOciSpec(config({ linux: { namespaces } }))).toThrow(/of type net, not ipc/)
    expect(() =>
      fromOciSpec(config({ hostname: 'x', linux: { namespaces: [{ type: 'mount' }, net] } })),
    ).toThrow(/hostname requires/)
    expect(descriptors()).toEqual(before)
    closeSync(fd)
  })

  it('are of the type that is said', () => {
    expect(() => fromOciSpec(joining('network', `/proc/${process.pid}/ns/uts`))).toThrow(
      /^linux\.namespaces\[1\]\.path: .* of type uts, not net/,
    )
  })

  it.each([
    ['mount', '/proc/1/ns/mnt'],
    ['network', 'run/netns/x'],
  ])('%s by %s is refused', (type, path) => {
    const others = type === 'mount' ? [] : [{ type: 'mount' }]
    const found = refused(config({ linux: { namespaces: [...others, { type, path }] } }))
    expect(found).toContain(`linux.namespaces[${others.length}].path`)
  })
})
