import { spawnSync } from 'node:child_process'
import { accessSync, closeSync, constants, openSync, readFileSync } from 'node:fs'
import { release, userInfo } from 'node:os'
import { isInitialMap, type Mode } from './modes.js'

/** Of golang-github-opencontainers-specs-dev. */
export const OCI_SCHEMA = '/usr/share/gocode/src/github.com/opencontainers/runtime-spec/schema'

interface NeedRow {
  /** The modes that rule it out, whatever the host has. */
  impossibleIn: readonly Mode[]
  /** Tries it. The reason when it is not met. */
  check: () => string | undefined
}

/** What tests may need of the host, or of the mode they run in. */
export const NEEDS = {
  /** May create user namespaces. */
  userns: { impossibleIn: [], check: () => runs('unshare', '--user', 'true') },
  /** Root of the initial user namespace. */
  root: {
    impossibleIn: ['user', 'userns'],
    check: () => (isRealRoot() ? undefined : 'not root of the host'),
  },
  /** Root, of the initial or of another user namespace. */
  admin: { impossibleIn: ['user'], check: () => (process.geteuid?.() === 0 ? undefined : 'not root') },
  /** No root of any kind: what the kernel refuses to ordinary users can be seen. */
  ordinary: {
    impossibleIn: ['root', 'userns'],
    check: () => (process.geteuid?.() === 0 ? 'is root' : undefined),
  },
  /** Root of a user namespace that is not the initial one. */
  nested: {
    impossibleIn: ['root', 'user'],
    check: () => (isInitial() ? 'the initial user namespace' : undefined),
  },
  /** The caller has subordinate uids and gids, and newuidmap and newgidmap to map them. */
  subids: { impossibleIn: ['root', 'userns'], check: whyNoSubIds },
  chroot: { impossibleIn: ['user'], check: () => runs('chroot', '/', 'true') },
  /** May write kernel.* sysctls. */
  'sysctl-write': { impossibleIn: ['user', 'userns'], check: () => opens('/proc/sys/kernel/panic', 'r+') },
  /** May write user.max_*: needs CAP_SYS_RESOURCE, which a root in a container or sandbox often lacks. */
  'limits-write': { impossibleIn: ['user'], check: () => opens('/proc/sys/user/max_user_namespaces', 'r+') },
  /** A cgroup2 hierarchy, alone or beside those of version 1. */
  cgroup2: {
    impossibleIn: [],
    check: () => (/ - cgroup2 /.test(mountinfo()) ? undefined : 'no cgroup2 is mounted'),
  },
  /** Before Linux 6.3 no tmpfs can be mounted idmapped. */
  'idmapped-tmpfs': { impossibleIn: [], check: () => (isAtLeast(6, 3) ? undefined : `Linux ${release()}`) },
  /** Linux 6.3: a pid namespace can forbid that memfds are executed. */
  'memfd-noexec': { impossibleIn: [], check: () => opens('/proc/sys/vm/memfd_noexec', 'r') },
  /** May make loop devices. */
  loop: { impossibleIn: ['user', 'userns'], check: () => runs('losetup', '--find') },
  /** strace is there, and may trace. */
  strace: { impossibleIn: [], check: () => runs('strace', '-o', '/dev/null', 'true') },
  bwrap: { impossibleIn: [], check: () => runs('bwrap', '--version') },
  /** May give children a loginuid: none is set yet, or this is root of the host with CAP_AUDIT_CONTROL. */
  'audit-session': { impossibleIn: [], check: whyNoAuditSession },
  nft: { impossibleIn: [], check: () => runs('nft', '--version') },
  ip: { impossibleIn: [], check: () => runs('ip', '-Version') },
  python3: { impossibleIn: [], check: () => runs('python3', '-c', '') },
  gcc: { impossibleIn: [], check: () => runs('gcc', '--version') },
  ausearch: { impossibleIn: [], check: () => runs('/usr/sbin/ausearch', '--version') },
  /** auditd is there, and the kernel audits. */
  auditd: { impossibleIn: ['user', 'userns'], check: whyNoAuditd },
  zsh: { impossibleIn: [], check: () => runs('zsh', '--version') },
  'bash-completion': {
    impossibleIn: [],
    check: () => opens('/usr/share/bash-completion/bash_completion', 'r'),
  },
  crun: { impossibleIn: [], check: () => runs('crun', '--version') },
  runc: { impossibleIn: [], check: () => runs('runc', '--version') },
  /** The JSON schema of the OCI runtime specification, as Debian installs it. */
  'oci-schema': { impossibleIn: [], check: () => opens(`${OCI_SCHEMA}/config-schema.json`, 'r') },
  setpriv: { impossibleIn: [], check: () => runs('setpriv', '--version') },
} as const satisfies Record<string, NeedRow>

export type Need = keyof typeof NEEDS

function whyNoAuditSession(): string | undefined {
  const { status, stderr } = spawnSync('sh', ['-c', 'uid=$(id -u); echo $uid > /proc/self/loginuid'], {
    encoding: 'utf8',
  })
  return status === 0 ? undefined : stderr.trim()
}

function runs(command: string, ...args: string[]): string | undefined {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 60_000 })
  if (error !== undefined) return error.message
  return status === 0 ? undefined : `${command} ended with ${status}: ${stderr.trim()}`
}

function whyNoAuditd(): string | undefined {
  return runs('/usr/sbin/auditctl', '-s') ?? opens('/usr/sbin/auditd', 'r')
}

function opens(path: string, flags: string): string | undefined {
  try {
    closeSync(openSync(path, flags))
    return undefined
  } catch (error) {
    return String(error)
  }
}

function isAtLeast(major: number, minor: number): boolean {
  const [its = 0, itsMinor = 0] = release()
    .split('.')
    .map((part) => Number.parseInt(part, 10))
  return its > major || (its === major && itsMinor >= minor)
}

function mountinfo(): string {
  return readFileSync('/proc/self/mountinfo', 'utf8')
}

function isInitial(): boolean {
  return isInitialMap(readFileSync('/proc/self/uid_map', 'utf8'))
}

function isRealRoot(): boolean {
  return process.geteuid?.() === 0 && isInitial()
}

function whyNoSubIds(): string | undefined {
  const { username, uid } = userInfo()
  for (const [file, mapper] of [
    ['/etc/subuid', 'newuidmap'],
    ['/etc/subgid', 'newgidmap'],
  ] as const) {
    const owners = readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.split(':', 1)[0])
    if (!owners.includes(username) && !owners.includes(String(uid))) return `${username} is not in ${file}`
    if (!isInPath(mapper)) return `no ${mapper}`
  }
  return undefined
}

function isInPath(program: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => {
    try {
      accessSync(`${folder}/${program}`, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
