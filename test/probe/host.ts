/** Hosts as trees of files: what a machine showed, with what a test changes on it. */

import { type Asked, type FactSource, type HostFacts, readFacts } from '../../lib/probe/facts'

export interface Tree {
  /** Text of a file; a code is what reading it answers; null: no such file. */
  files?: Record<string, string | { code: string } | null>
  links?: Record<string, string | { code: string }>
  folders?: Record<string, string[]>
  /** Files of which only the stat counts. */
  stats?: Record<string, { mode?: number; uid?: number; inode?: number }>
  environment?: Record<string, string>
  program?: string
  platform?: NodeJS.Platform
  username?: string | undefined
}

const ALL_TYPES = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'pid_for_children', 'time', 'user', 'uts']
const LIMITS = ['user', 'mnt', 'uts', 'ipc', 'cgroup', 'net', 'pid', 'time']
export const MOUNTS = `22 27 0:21 / /proc rw,relatime - proc proc rw
23 27 0:22 / /sys rw,relatime - sysfs sysfs rw
25 22 0:30 / /proc/sys/fs/binfmt_misc rw,relatime - binfmt_misc binfmt_misc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
`

/** /proc/self/status with these fields changed. */
export function status(fields: Record<string, string> = {}): string {
  const all = {
    Name: 'node',
    Uid: '1000\t1000\t1000\t1000',
    Gid: '1000\t1000\t1000\t1000',
    NSpid: '4711',
    CapEff: '0000000000000000',
    NoNewPrivs: '0',
    Seccomp: '0',
    Seccomp_filters: '0',
    ...fields,
  }
  return Object.entries(all)
    .map(([key, value]) => `${key}:\t${value}\n`)
    .join('')
}

export const AS_ROOT = status({ Uid: '0\t0\t0\t0', Gid: '0\t0\t0\t0', CapEff: '000001ffffffffff' })

/** An ordinary user on Debian with nothing in the way. */
function plainFiles(): NonNullable<Tree['files']> {
  return {
    '/proc/sys/kernel/osrelease': '6.12.9-amd64\n',
    '/proc/version': 'Linux version 6.12.9-amd64 (debian-kernel@lists.debian.org)\n',
    '/proc/self/status': status(),
    '/proc/self/uid_map': '         0          0 4294967295\n',
    '/proc/self/gid_map': '         0          0 4294967295\n',
    '/proc/self/setgroups': 'allow\n',
    '/proc/self/mountinfo': MOUNTS,
    '/proc/1/mountinfo': MOUNTS,
    '/proc/self/cgroup': '0::/user.slice/user-1000.slice/session-3.scope\n',
    '/proc/self/attr/current': { code: 'EINVAL' },
    '/sys/kernel/security/lsm': 'capability,landlock,yama',
    '/etc/passwd': 'root:x:0:0::/root:/bin/sh\nada:x:1000:1000::/home/ada:/bin/sh\n',
    '/etc/subuid': 'ada:100000:65536\n',
    '/etc/subgid': 'ada:100000:65536\n',
    ...Object.fromEntries(LIMITS.map((type) => [`/proc/sys/user/max_${type}_namespaces`, '63414\n'])),
  }
}

export function source(tree: Tree = {}): FactSource {
  const files = { ...plainFiles(), ...tree.files }
  const links = { '/proc/self/ns/user': 'user:[4026531837]', ...tree.links }
  const folders = { '/proc/self/ns': ALL_TYPES, ...tree.folders }
  const stats: NonNullable<Tree['stats']> = {
    '/usr/bin/newuidmap': { mode: 0o104755 },
    '/usr/bin/newgidmap': { mode: 0o104755 },
    ...tree.stats,
  }
  return {
    platform: tree.platform ?? 'linux',
    program: tree.program ?? '/usr/bin/node',
    environment: { PATH: '/usr/bin:/bin', ...tree.environment },
    text: (path) => answer(files[path] ?? undefined),
    link: (path) => answer(links[path as keyof typeof links]),
    names: (folder) => answer(folders[folder as keyof typeof folders]),
    identity(path) {
      const { mode = 0o100755, uid = 0, inode = 1 } = answer(stats[path])
      return { device: 1, inode, mode, uid }
    },
    username: () => ('username' in tree ? tree.username : 'ada'),
  }
}

function answer<T>(found: T | { code: string } | undefined): T {
  if (found === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
  if (typeof found === 'object' && found !== null && 'code' in found) {
    throw Object.assign(new Error(found.code), { code: found.code })
  }
  return found
}

export function host(tree: Tree = {}, asked: Asked = {}): HostFacts {
  return readFacts(asked, source(tree))
}

/** AppArmor as upstream 6.12 shows it, with this label. */
export function apparmor(label: string, more: Tree['files'] = {}): NonNullable<Tree['files']> {
  return {
    '/proc/self/attr/apparmor/current': `${label}\n`,
    '/sys/module/apparmor/parameters/enabled': 'Y\n',
    '/sys/kernel/security/lsm': 'capability,landlock,yama,apparmor',
    '/sys/kernel/security/apparmor/features/namespaces/mask': 'userns_create\n',
    '/proc/sys/kernel/apparmor_restrict_unprivileged_unconfined': '0\n',
    ...more,
  }
}

/** Ubuntu 24.04's restriction, met by an unconfined program. */
export function ubuntu(label = 'unconfined'): NonNullable<Tree['files']> {
  return apparmor(label, { '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1\n' })
}

export const FILTERED = { Seccomp: '2', Seccomp_filters: '1' }
export const NESTED = { '/proc/self/ns/user': 'user:[4026532451]' }
