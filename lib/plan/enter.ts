/** The way into namespaces: joining, creating, and the ids that give power over them. */

import type { IdMap } from '../ids/index.js'
import { NAMESPACE_TYPES } from '../tables/namespaces.js'
import type { Caller } from './caller.js'
import { joinsUser } from './joins.js'
import { insideJoined, type ResolvedMaps } from './maps.js'
import type { Join, NamespaceSettings } from './settings.js'
import type { PlanStep } from './steps.js'
import { PRIVATE_PROPAGATION } from './use.js'

/** In nanoseconds. */
const SECOND = 1_000_000_000n

/** What a view of files asks of the way in. */
export interface ViewNeeds {
  /**
   * What the new mount namespace shall hold of the caller's tree. It is opened while the ids are still the caller's, who
   * may look into directories that the mapped root may not.
   */
  readonly sources: readonly PlanStep[]
  /** By ids that are mapped: else the kernel answers EOVERFLOW. */
  readonly makesFiles: boolean
}

const NO_VIEW: ViewNeeds = { sources: [], makesFiles: false }

/** Into the joined namespaces, then into new ones, up to the ids that give power over them. */
export function enter(
  namespaces: NamespaceSettings,
  maps: ResolvedMaps | undefined,
  caller: Caller,
  { sources, makesFiles }: ViewNeeds = NO_VIEW,
): PlanStep[] {
  const { unshare, timeOffsets } = namespaces
  const steps: PlanStep[] = []
  const writesProc = maps !== undefined || timeOffsets !== undefined
  // Before any change of mounts, which could hide /proc.
  if (writesProc) steps.push({ op: 'OpenProc' })
  steps.push(...join(namespaces, caller, makesFiles))
  if (maps !== undefined) steps.push(...createUser(maps, caller))
  const others = NAMESPACE_TYPES.filter((type) => type !== 'user' && unshare.has(type))
  if (others.length > 0) steps.push({ op: 'Unshare', types: others })
  if (unshare.has('mnt')) steps.push(PRIVATE_PROPAGATION, ...sources)
  if (maps !== undefined) steps.push(...becomeMappedRoot(maps, insideJoined(namespaces, caller)))
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

function join(
  { join: targets, unshare, uid, gid }: NamespaceSettings,
  caller: Caller,
  makesFiles: boolean,
): PlanStep[] {
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
  const comesToOthers = (uid !== undefined || gid !== undefined) && !unshare.has('user') && !makesFiles
  if (targets.some(joinsUser) && !comesToOthers) {
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

export function createUser(maps: ResolvedMaps, caller: Caller): PlanStep[] {
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
  return { op: 'WriteProcFile', file: `${kind}_map`, content: textOf(map), byHelper: writer === 'helper' }
}

const texts = new WeakMap<IdMap, string>()

/** Every write is checked; a map cannot change, so once is enough. */
function textOf(map: IdMap): string {
  let text = texts.get(map)
  if (text === undefined) {
    text = map.toString()
    texts.set(map, text)
  }
  return text
}

function triples(map: ResolvedMaps['uid']): string[] {
  return map.mappings.flatMap(({ containerID, hostID, size }) => [containerID, hostID, size].map(String))
}

/** Where the own id is not mapped but 0 is, be 0: the capabilities are there, but files could not be made. */
export function becomeMappedRoot(maps: ResolvedMaps, caller: Caller): PlanStep[] {
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

function timeOffsetsText(offsets: { monotonic: number; boottime: number }): string {
  const line = (clock: string, ms: number): string => {
    // Rounded once, to what the kernel counts in: a part of a second must stay below a second.
    const nanoseconds = BigInt(Math.round(ms * 1e6))
    const part = ((nanoseconds % SECOND) + SECOND) % SECOND
    return `${clock} ${(nanoseconds - part) / SECOND} ${part}\n`
  }
  return line('monotonic', offsets.monotonic) + line('boottime', offsets.boottime)
}
