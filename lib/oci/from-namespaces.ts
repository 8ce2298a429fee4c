/** linux.namespaces, with what belongs to them: maps and offsets. */

import { IdMap, type IdMapping } from '../ids/index.js'
import { Namespace } from '../namespaces/namespace.js'
import type { JoinTarget, SpawnOptions } from '../spawn/options.js'
import type { NamespaceType } from '../tables/namespaces.js'
import type { Place } from './place.js'
import { OCI_NAMES } from './to-namespaces.js'

export interface Joined {
  readonly type: NamespaceType
  readonly path: string
  /** In the configuration. */
  readonly place: string
}

export type NamespaceOptions = Pick<SpawnOptions, 'uidMap' | 'gidMap' | 'timeOffsets'> & {
  readonly unshare: readonly NamespaceType[]
}

const OF_OCI = new Map(
  Object.entries(OCI_NAMES).map(([type, name]) => [name as string, type as NamespaceType]),
)
const OF_PROCESS = /^\/proc\/([1-9]\d{0,6})\/ns\/([a-z]+)$/
const MAX_UINT32 = 0xffff_ffff

export interface NamespacesRead {
  readonly options: NamespaceOptions
  readonly joins: readonly Joined[]
  /** Made or joined. */
  readonly entered: ReadonlySet<NamespaceType>
  readonly makesUser: boolean
}

export function namespacesFrom(linux: Place): NamespacesRead {
  const unshare: NamespaceType[] = []
  const joins: Joined[] = []
  for (const place of linux.at('namespaces').list()) {
    place.allow(['type', 'path'], () => 'is not known to nskit')
    const type = typeOf(place.at('type'))
    const path = place.at('path').text()
    if (type === undefined) continue
    if (unshare.includes(type) || joins.some((each) => each.type === type))
      place.refuse(`${type} is there twice`)
    else if (!path) unshare.push(type)
    else if (type === 'mnt')
      place.at('path').refuse('the root would change for all who are in that namespace')
    else if (!path.startsWith('/')) place.at('path').refuse('must be absolute')
    else joins.push({ type, path, place: place.at('path').path })
  }
  if (!unshare.includes('mnt')) {
    linux.at('namespaces').refuse("has no 'mount', and without one the root would change for the caller too")
  }
  const joinsUser = joins.some(({ type }) => type === 'user')
  return {
    options: { unshare, ...mapsFrom(linux, unshare, joinsUser), ...offsetsFrom(linux, unshare) },
    joins,
    entered: new Set([...unshare, ...joins.map(({ type }) => type)]),
    makesUser: unshare.includes('user') || joinsUser,
  }
}

function typeOf(place: Place): NamespaceType | undefined {
  const name = place.required((each) => each.text())
  const type = name === undefined ? undefined : OF_OCI.get(name)
  if (name !== undefined && type === undefined) {
    place.refuse(`'${name}' is not one of ${[...OF_OCI.keys()].join(', ')}`)
  }
  return type
}

function mapsFrom(
  linux: Place,
  unshare: readonly NamespaceType[],
  joinsUser: boolean,
): Pick<SpawnOptions, 'uidMap' | 'gidMap'> {
  const [uid, gid] = [linux.at('uidMappings'), linux.at('gidMappings')]
  if (!unshare.includes('user')) {
    for (const place of [uid, gid]) {
      // Of a joined one they say what is so: runc wants to know, and Kubernetes writes them.
      if (joinsUser) mapFrom(place)
      else if (!place.saysNothing) place.refuse('is of a new user namespace, and there is none')
    }
    return {}
  }
  const [uidMap, gidMap] = [uid.required(mapFrom), gid.required(mapFrom)]
  return { ...(uidMap === undefined ? {} : { uidMap }), ...(gidMap === undefined ? {} : { gidMap }) }
}

/** undefined for one that is absent, empty or refused. */
export function mapFrom(place: Place): IdMapping[] | undefined {
  const mappings = place.list().map((each): IdMapping => {
    const of = (key: keyof IdMapping): number =>
      each.at(key).required((field) => field.integer(0, MAX_UINT32)) ?? 0
    return { containerID: of('containerID'), hostID: of('hostID'), size: of('size') }
  })
  if (mappings.length === 0) return undefined
  return place.attempt(() => {
    const map = new IdMap(mappings)
    // What is too long to be written at once.
    map.toString()
    return map.toJSON()
  })
}

function offsetsFrom(linux: Place, unshare: readonly NamespaceType[]): Pick<SpawnOptions, 'timeOffsets'> {
  const place = linux.at('timeOffsets')
  if (place.saysNothing) return {}
  if (!unshare.includes('time')) {
    place.refuse('is of a new time namespace, and there is none')
    return {}
  }
  place.allow(['monotonic', 'boottime'], () => 'is no clock with an offset')
  return {
    timeOffsets: {
      monotonic: milliseconds(place.at('monotonic')),
      boottime: milliseconds(place.at('boottime')),
    },
  }
}

function milliseconds(offset: Place): number {
  offset.allow(['secs', 'nanosecs'], () => 'is not known to nskit')
  const seconds = offset.at('secs').integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER) ?? 0
  return seconds * 1000 + (offset.at('nanosecs').integer(0, 999_999_999) ?? 0) / 1e6
}

/** Of a process its own join; else a handle, which the caller has to close. */
export function openJoins(joins: readonly Joined[]): JoinTarget[] {
  const opened: Namespace[] = []
  try {
    return joins.map(({ type, path, place }) => {
      const [, pid, name] = OF_PROCESS.exec(path) ?? []
      if (name === type) return { pid: Number(pid), types: [type] }
      const namespace = Namespace.open(path)
      opened.push(namespace)
      if (namespace.type !== type)
        throw new TypeError(`${place}: ${path} is a namespace of type ${namespace.type}, not ${type}`)
      return namespace
    })
  } catch (error) {
    for (const each of opened) each.close()
    throw error
  }
}
