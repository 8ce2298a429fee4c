/** Facts about this process that a plan depends on. The one impure part of planning. */

import { readFileSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { UnsupportedPlatformError } from '../errors/unsupported-platform.js'
import { IdMap, type IdRange, readSubIds } from '../ids/index.js'
import { readStatus } from '../status/index.js'

export interface Caller {
  readonly uid: number
  readonly gid: number
  /** CAP_SETUID and CAP_SETGID in the own user namespace: may write any map of a child namespace. */
  readonly mayMapAnyId: boolean
  /** CAP_SYS_ADMIN in the own user namespace: may join namespaces that it owns. */
  readonly mayAdminister: boolean
  /** CAP_SETPCAP: may cut the bounding set. */
  readonly mayDropBounding: boolean
  /** CAP_SYS_RESOURCE: may raise hard limits, in the initial user namespace. */
  readonly mayRaiseLimits: boolean
  readonly isInInitialUserNamespace: boolean
  readonly overflowUid: number
  readonly overflowGid: number
  /** Read only where a map asks for them. */
  subIds(kind: 'uid' | 'gid'): IdRange[]
  mapperCandidates(kind: 'uid' | 'gid'): string[]
  /** The own id as that process's user namespace has it; undefined where it has none for it. */
  idIn(kind: 'uid' | 'gid', pid: number): number | undefined
  /** Why a child cannot be given an audit session; undefined where nothing is known to be in the way. */
  auditObstacle(): string | undefined
}

type CapabilityFacts = Pick<Caller, 'mayMapAnyId' | 'mayAdminister' | 'mayDropBounding' | 'mayRaiseLimits'>

/** (uid_t)-1 */
const UNSET_ID = '4294967295'

/** Where setuid helpers live when PATH leaves it out. */
const SYSTEM_PATH = ['/usr/bin', '/bin', '/usr/local/bin', '/usr/sbin', '/sbin']

let known: Caller | undefined

/** Asked for at every start: the ids alone can change between two. */
export function caller(): Caller {
  if (process.platform !== 'linux') throw new UnsupportedPlatformError()
  const uid = process.geteuid?.() ?? 0
  const gid = process.getegid?.() ?? 0
  if (known?.uid !== uid || known.gid !== gid) known = callerWith(uid, gid)
  return known
}

function callerWith(uid: number, gid: number): Caller {
  let facts: CapabilityFacts | undefined
  // Capabilities follow the effective uid; nothing else in Node changes them. They are in /proc, so whoever needs none
  // can do without it.
  const capabilities = () => {
    facts ??= cached(`caps ${uid}`, readCapabilities)
    return facts
  }
  return {
    uid,
    gid,
    get mayMapAnyId() {
      try {
        return capabilities().mayMapAnyId
      } catch {
        return false // no /proc: the maps cannot be written either, and that step says why
      }
    },
    get mayAdminister() {
      return capabilities().mayAdminister
    },
    get mayDropBounding() {
      return capabilities().mayDropBounding
    },
    get mayRaiseLimits() {
      return capabilities().mayRaiseLimits
    },
    isInInitialUserNamespace: cached('user namespace', isInInitialUserNamespace),
    overflowUid: cached('overflowuid', () => readOverflow('overflowuid')),
    overflowGid: cached('overflowgid', () => readOverflow('overflowgid')),
    // /etc/subgid too is keyed by user (subgid(5)).
    subIds: (kind) => ownSubIds(kind, uid),
    mapperCandidates: (kind) => mapperCandidates(kind),
    auditObstacle,
    idIn: (kind, pid) => idIn(kind, pid, kind === 'uid' ? uid : gid),
  }
}

const cache = new Map<string, unknown>()
function cached<T>(key: string, read: () => T): T {
  if (!cache.has(key)) cache.set(key, read())
  return cache.get(key) as T
}

function readCapabilities(): CapabilityFacts {
  const { effective } = readStatus('self').capabilities
  return {
    mayMapAnyId: effective.has('CAP_SETUID') && effective.has('CAP_SETGID'),
    mayAdminister: effective.has('CAP_SYS_ADMIN'),
    mayDropBounding: effective.has('CAP_SETPCAP'),
    mayRaiseLimits: effective.has('CAP_SYS_RESOURCE'),
  }
}

/** PROC_USER_INIT_INO: the initial one has the same inode on every host. */
function isInInitialUserNamespace(): boolean {
  try {
    return statSync('/proc/self/ns/user').ino === 0xeffffffd
  } catch {
    return false // no /proc: the answer that grants less
  }
}

function readOverflow(name: string): number {
  try {
    return Number(readFileSync(`/proc/sys/kernel/${name}`, 'latin1'))
  } catch {
    return 65_534 // DEFAULT_OVERFLOWUID, where /proc/sys is hidden
  }
}

function ownSubIds(kind: 'uid' | 'gid', uid: number): IdRange[] {
  const byUid = readSubIds(kind, uid)
  if (byUid.length > 0) return byUid
  try {
    return readSubIds(kind, userInfo().username)
  } catch {
    return [] // no passwd entry: no name that a range could be given to
  }
}

/** audit_set_loginuid() in kernel/audit.c. */
function auditObstacle(): string | undefined {
  let loginuid: string
  try {
    loginuid = readFileSync('/proc/self/loginuid', 'latin1').trim()
  } catch {
    return 'this kernel, or this /proc, has no loginuid'
  }
  if (loginuid === UNSET_ID) return undefined
  const mayChange =
    isInInitialUserNamespace() && readStatus('self').capabilities.effective.has('CAP_AUDIT_CONTROL')
  return mayChange
    ? undefined
    : `loginuid is ${loginuid} already, and CAP_AUDIT_CONTROL on the host is missing`
}

function idIn(kind: 'uid' | 'gid', pid: number, own: number): number | undefined {
  try {
    return IdMap.read(pid, kind).toContainer(own)
  } catch {
    return undefined // it has ended: the join will say so
  }
}

function mapperCandidates(kind: 'uid' | 'gid'): string[] {
  const folders = new Set([
    ...(process.env.PATH ?? '').split(':').filter((each) => each.startsWith('/')),
    ...SYSTEM_PATH,
  ])
  return [...folders].map((folder) => `${folder}/new${kind}map`)
}
