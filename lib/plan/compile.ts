/**
 * Settings become a plan: which steps, in which order. Pure over Caller; reads as
 * the story of a process on its way into its namespaces.
 */

import { NAMESPACE_TYPES, type NamespaceType } from '../tables/namespaces.js'
import type { Caller } from './caller.js'
import { execStep } from './command.js'
import { NULL_SOURCE } from './format.js'
import { type ResolvedMaps, resolveMaps } from './maps.js'
import type { Join, NamespaceSettings, Settings } from './settings.js'
import type { Plan, PlanStep } from './steps.js'

const MS_NOSUID = 2
const MS_NODEV = 4
const MS_NOEXEC = 8
const MS_REC = 16_384
const MS_PRIVATE = 262_144

/** In nanoseconds. */
const SECOND = 1_000_000_000n

export type DescriptorPairs = ReadonlyArray<readonly [target: number, source: number]>

export interface Compiled {
  readonly plan: Plan
  /** The maps of the new user namespace; undefined where none is created. */
  readonly maps: ResolvedMaps | undefined
}

export function compile(settings: Settings, descriptors: DescriptorPairs, caller: Caller): Compiled {
  const { namespaces, command } = settings
  const maps = namespaces.unshare.has('user') ? resolveMaps(namespaces, caller) : undefined
  const steps: PlanStep[] = [
    // Opened here: the root or the mounts that the command gets may have none.
    ...(descriptors.some(([, source]) => source === NULL_SOURCE) ? [{ op: 'OpenNull' } as const] : []),
    ...enter(namespaces, maps, caller),
    ...useNamespaces(namespaces),
    ...forkInto(namespaces),
    ...(namespaces.init ? [{ op: 'StartInit', shareMemory: true } as const] : []),
    ...(command.detached ? [{ op: 'NewSession' } as const] : []),
    ...(command.cwd === undefined ? [] : [{ op: 'ChangeDirectory', path: command.cwd } as const]),
    ...changeIds(namespaces, maps, caller),
    // After the ids: a change of credentials clears the death signal (prctl(2), PR_SET_PDEATHSIG).
    ...(namespaces.dieWithParent ? [{ op: 'DieWithParent' } as const] : []),
    { op: 'Descriptors', pairs: descriptors },
    execStep(command),
  ]
  return { plan: { steps, followsParent: namespaces.dieWithParent }, maps }
}

/** New namespaces that a held process keeps until their handles are taken. */
export function compileHold(namespaces: NamespaceSettings, caller: Caller): Compiled {
  const maps = namespaces.unshare.has('user') ? resolveMaps(namespaces, caller) : undefined
  const steps: PlanStep[] = [...enter(namespaces, maps, caller), ...useNamespaces(namespaces), { op: 'Hold' }]
  return { plan: { steps, followsParent: true }, maps }
}

/** Into the joined namespaces, then into new ones, up to the ids that give power over them. */
function enter(namespaces: NamespaceSettings, maps: ResolvedMaps | undefined, caller: Caller): PlanStep[] {
  const { unshare, timeOffsets } = namespaces
  const steps: PlanStep[] = []
  const writesProc = maps !== undefined || timeOffsets !== undefined
  // Before any change of mounts, which could hide /proc.
  if (writesProc) steps.push({ op: 'OpenProc' })
  steps.push(...join(namespaces, caller))
  if (maps !== undefined) steps.push(...createUser(maps, caller))
  const others = NAMESPACE_TYPES.filter((type) => type !== 'user' && unshare.has(type))
  if (others.length > 0) steps.push({ op: 'Unshare', types: others })
  if (maps !== undefined) steps.push(...becomeMappedRoot(maps, caller))
  if (timeOffsets !== undefined) {
    // Before the fork below: once a process is inside, the offsets are fixed (time_namespaces(7)).
    steps.push({
      op: 'WriteProcFile',
      file: 'timens_offsets',
      content: timeOffsetsText(timeOffsets),
      byHelper: false,
    })
  }
  return steps
}

function join({ join: targets, uid, gid }: NamespaceSettings, caller: Caller): PlanStep[] {
  if (targets.length === 0) return []
  const steps: PlanStep[] = ordered(targets, caller).map((target) =>
    'fd' in target
      ? {
          op: 'JoinFd',
          fd: target.fd,
          type: target.type,
          target: `${target.type} namespace (fd ${target.fd})`,
        }
      : { op: 'JoinPid', pid: target.pid, types: target.types },
  )
  if (targets.some(joinsUser) && uid === undefined && gid === undefined) {
    // As nsenter: an id that the joined namespace does not know would leave the command as nobody.
    steps.push({ op: 'BecomeRoot', overflowUid: caller.overflowUid, overflowGid: caller.overflowGid })
  }
  return steps
}

/**
 * With privilege outside, the user namespace comes last: joining it gives that privilege up. Without, it comes
 * first: it is what grants the right to join those that it owns. One setns(2) on a pidfd minds this itself.
 */
function ordered(targets: readonly Join[], caller: Caller): Join[] {
  const first = (target: Join): number => (joinsUser(target) === caller.mayAdminister ? 1 : 0)
  return [...targets].sort((a, b) => first(a) - first(b))
}

function joinsUser(target: Join): boolean {
  return 'fd' in target ? target.type === 'user' : target.types.includes('user')
}

function createUser(maps: ResolvedMaps, caller: Caller): PlanStep[] {
  const steps: PlanStep[] = []
  // Forked before the unshare: it keeps the caller's capabilities, and stands outside as the kernel demands.
  if (maps.uidWriter !== 'self' || maps.gidWriter !== 'self') steps.push({ op: 'StartHelper' })
  steps.push({ op: 'Unshare', types: ['user'] })
  if (maps.setgroups === 'deny') {
    steps.push({
      op: 'WriteProcFile',
      file: 'setgroups',
      content: 'deny',
      byHelper: maps.gidWriter === 'helper',
    })
  }
  steps.push(writeMap('uid', maps, caller), writeMap('gid', maps, caller))
  return steps
}

function writeMap(kind: 'uid' | 'gid', maps: ResolvedMaps, caller: Caller): PlanStep {
  const writer = kind === 'uid' ? maps.uidWriter : maps.gidWriter
  const map = maps[kind]
  if (writer === 'mapper') {
    return { op: 'RunMapper', kind, candidates: caller.mapperCandidates(kind), triples: triples(map) }
  }
  return { op: 'WriteProcFile', file: `${kind}_map`, content: map.toString(), byHelper: writer === 'helper' }
}

function triples(map: ResolvedMaps['uid']): string[] {
  return map.mappings.flatMap(({ containerID, hostID, size }) => [containerID, hostID, size].map(String))
}

/** Where the own id is not mapped but 0 is, be 0: the capabilities are there, but files could not be made. */
function becomeMappedRoot(maps: ResolvedMaps, caller: Caller): PlanStep[] {
  const steps: PlanStep[] = []
  // What is written from inside maps the own ids, whatever else.
  if (maps.uidWriter === 'self' && maps.gidWriter === 'self') return steps
  if (maps.gid.toContainer(caller.gid) === undefined && maps.gid.toHost(0) !== undefined) {
    if (maps.setgroups === 'allow') steps.push({ op: 'SetGroups', groups: [], ifAllowed: false })
    steps.push({ op: 'SetGid', gid: 0 })
  }
  if (maps.uid.toContainer(caller.uid) === undefined && maps.uid.toHost(0) !== undefined) {
    steps.push({ op: 'SetUid', uid: 0 })
  }
  return steps
}

function useNamespaces({ unshare, hostname, domainname, loopback }: NamespaceSettings): PlanStep[] {
  const steps: PlanStep[] = []
  if (unshare.has('mnt')) {
    // systemd hosts share '/': without this, mounts made inside would show outside.
    steps.push({
      op: 'Mount',
      step: 'set-propagation',
      source: '',
      target: '/',
      fstype: '',
      options: '',
      flags: MS_REC | MS_PRIVATE,
    })
  }
  if (hostname !== undefined) steps.push({ op: 'SetHostname', name: hostname })
  if (domainname !== undefined) steps.push({ op: 'SetDomainname', name: domainname })
  if (loopback) steps.push({ op: 'LoopbackUp' })
  return steps
}

/** pid and time namespaces hold the next child, not their creator; /proc must be mounted by that child. */
function forkInto({ unshare, join: targets, proc }: NamespaceSettings): PlanStep[] {
  const steps: PlanStep[] = []
  const entered = (type: NamespaceType): boolean =>
    unshare.has(type) ||
    targets.some((target) => ('fd' in target ? target.type === type : target.types.includes(type)))
  if (entered('pid') || entered('time')) {
    // The kernel refuses shared memory across a time namespace before 6.x (the vdso page belongs to it).
    steps.push({ op: 'Fork', shareMemory: !entered('time') })
  }
  if (proc) {
    const flags = MS_NOSUID | MS_NODEV | MS_NOEXEC
    steps.push({
      op: 'Mount',
      step: 'mount-proc',
      source: 'proc',
      target: '/proc',
      fstype: 'proc',
      options: '',
      flags,
    })
  }
  return steps
}

function changeIds(
  namespaces: NamespaceSettings,
  maps: ResolvedMaps | undefined,
  caller: Caller,
): PlanStep[] {
  const { uid, gid } = namespaces
  const steps: PlanStep[] = []
  if (namespaces.groups !== undefined)
    steps.push({ op: 'SetGroups', groups: namespaces.groups, ifAllowed: false })
  else if (dropsGroups(namespaces, maps, caller)) steps.push({ op: 'SetGroups', groups: [], ifAllowed: true })
  if (gid !== undefined) steps.push({ op: 'SetGid', gid })
  if (uid !== undefined) steps.push({ op: 'SetUid', uid })
  return steps
}

/** As libuv: other ids come without the caller's groups, wherever setgroups(2) is allowed. */
function dropsGroups(settings: NamespaceSettings, maps: ResolvedMaps | undefined, caller: Caller): boolean {
  if (settings.uid === undefined && settings.gid === undefined) return false
  if (maps !== undefined) return maps.setgroups === 'allow'
  // What a joined user namespace allows, only the process that has joined it finds out.
  return caller.mayMapAnyId || settings.join.some(joinsUser)
}

function timeOffsetsText(offsets: { monotonic: number; boottime: number }): string {
  const line = (clock: string, ms: number): string => {
    // Rounded once, to what the kernel counts in: a part of a second must stay below a second.
    const nanoseconds = BigInt(Math.round(ms * 1e6))
    const part = ((nanoseconds % SECOND) + SECOND) % SECOND
    return `${clock} ${(nanoseconds - part) / SECOND} ${part}\n`
  }
  return line('monotonic', offsets.monotonic) + line('boottime', offsets.boottime)
}
