/** The maps that the options ask for, and who may write them. Pure over Caller. */

import { constants } from 'node:os'
import { SetupError } from '../errors/setup-error.js'
import { IdMap, type IdMapping } from '../ids/index.js'
import type { Caller } from './caller.js'
import { joinsUser } from './joins.js'
import type { MapChoice, NamespaceSettings } from './settings.js'

/**
 * Who writes a map (user_namespaces(7), "Defining user and group ID mappings"):
 * - 'self': the stage, from inside; the kernel lets it map its own id alone.
 * - 'helper': a process that stayed outside, with the caller's CAP_SETUID and CAP_SETGID. The stage
 *   itself has lost them by its unshare, even as root.
 * - 'mapper': newuidmap and newgidmap, for what /etc/subuid and /etc/subgid grant.
 */
export type MapWriter = 'self' | 'helper' | 'mapper'

export interface ResolvedMaps {
  readonly uid: IdMap
  readonly gid: IdMap
  readonly uidWriter: MapWriter
  readonly gidWriter: MapWriter
  readonly setgroups: 'allow' | 'deny'
}

export function resolveMaps(settings: NamespaceSettings, outside: Caller): ResolvedMaps {
  const caller = insideJoined(settings, outside)
  const uid = resolveMap('uid', settings.uidMap, caller)
  const gid = resolveMap('gid', settings.gidMap, caller)
  const [uidWriter, gidWriter] = writers(uid, gid, settings, caller)
  if (settings.setgroups === 'allow' && gidWriter === 'self') throw mayNotAllowSetgroups()
  // Without privilege the kernel wants setgroups denied before gid_map (since 3.19, CVE-2014-8989).
  const setgroups = settings.setgroups ?? (gidWriter === 'self' ? 'deny' : 'allow')
  return { uid, gid, uidWriter, gidWriter, setgroups }
}

/**
 * Maps speak of the ids of the parent, and that is a joined user namespace where there is one: there the caller has every
 * capability, and other ids. Of a descriptor nobody can say which; 0 is what BecomeRoot makes of an id that is
 * not mapped, and what most maps make of their creator.
 */
export function insideJoined({ join }: NamespaceSettings, caller: Caller): Caller {
  const joined = join.find(joinsUser)
  if (joined === undefined) return caller
  const idOf = (kind: 'uid' | 'gid'): number => ('pid' in joined ? (caller.idIn(kind, joined.pid) ?? 0) : 0)
  return { ...caller, uid: idOf('uid'), gid: idOf('gid'), mayMapAnyId: true }
}

function writers(
  uid: IdMap,
  gid: IdMap,
  settings: NamespaceSettings,
  caller: Caller,
): [MapWriter, MapWriter] {
  const ownUid = isOwnId(uid, caller.uid)
  const ownGid = isOwnId(gid, caller.gid)
  if (caller.mayMapAnyId) {
    // One helper for both: its cost is a fork, not a write. 'allow' too needs a writer with CAP_SETGID.
    const inside = ownUid && ownGid && settings.setgroups !== 'allow'
    return inside ? ['self', 'self'] : ['helper', 'helper']
  }
  return [ownUid ? 'self' : 'mapper', ownGid ? 'self' : 'mapper']
}

function isOwnId(map: IdMap, own: number): boolean {
  const [entry, ...others] = map.mappings
  return entry !== undefined && others.length === 0 && entry.size === 1 && entry.hostID === own
}

export function resolveMap(kind: 'uid' | 'gid', choice: MapChoice, caller: Caller): IdMap {
  const own = caller[kind]
  if (choice === 'root') return ofOne(0, own)
  if (choice === 'self') return ofOne(own, own)
  if (choice === 'subids') return fromSubIds(kind, own, caller)
  return choice
}

/** The maps of almost every call, made and checked once. */
const ofOneId = new Map<string, IdMap>()
function ofOne(containerID: number, hostID: number): IdMap {
  const key = `${containerID} ${hostID}`
  let map = ofOneId.get(key)
  if (map === undefined) {
    map = new IdMap([{ containerID, hostID, size: 1 }])
    ofOneId.set(key, map)
  }
  return map
}

/** 0 is the caller; its subordinate ranges follow from 1, in the file's order. */
function fromSubIds(kind: 'uid' | 'gid', own: number, caller: Caller): IdMap {
  const mappings: IdMapping[] = [{ containerID: 0, hostID: own, size: 1 }]
  let next = 1
  for (const { start, size } of caller.subIds(kind)) {
    mappings.push({ containerID: next, hostID: start, size })
    next += size
  }
  if (mappings.length === 1) throw noSubIds(kind, own)
  return new IdMap(mappings)
}

function noSubIds(kind: 'uid' | 'gid', own: number): SetupError {
  const file = `/etc/sub${kind}`
  return new SetupError({
    step: kind === 'uid' ? 'write-uid-map' : 'write-gid-map',
    errno: 0,
    code: 'ERR_NSKIT_NO_SUBORDINATE_IDS',
    syscall: 'write',
    target: file,
    message: `no subordinate ${kind}s: ${file} grants no range to the user with uid ${own}`,
    hint: `usermod --add-sub${kind}s 100000-165535 USER, as root, grants a range`,
  })
}

function mayNotAllowSetgroups(): SetupError {
  return new SetupError({
    step: 'write-setgroups',
    errno: constants.errno.EPERM,
    syscall: 'write',
    target: "setgroups: 'allow'",
    hint: 'Without CAP_SETGID a gid map is only written with setgroups denied, or by newgidmap for a range of /etc/subgid',
  })
}
