/** The options about namespaces and ids: each alone, then against the namespaces that they need. Pure. */

import { IdMap, type IdMapping } from '../ids/index.js'
import type { SpawnOptions } from '../spawn/options.js'
import { isNamespaceType, NAMESPACE_TYPES, type NamespaceType } from '../tables/namespaces.js'
import {
  checkArray,
  checkBoolean,
  checkId,
  checkInteger,
  checkObject,
  checkText,
  invalidValue,
  rangeError,
  typeError,
} from './check.js'
import { nearest } from './option-names.js'
import type { Join, MapChoice, NamespaceSettings } from './settings.js'

/** __NEW_UTS_LEN: sethostname(2) takes no more. */
const MAX_HOSTNAME_BYTES = 64
/** NGROUPS_MAX. */
const MAX_GROUPS = 65_536
/** PID_MAX_LIMIT. */
const MAX_PID = 2 ** 22
/** The kernel keeps clocks within KTIME_SEC_MAX / 2, about 146 years. */
const MAX_OFFSET_MS = 4_611_686_018_000

export function validateNamespaces(options: SpawnOptions, detached: boolean): NamespaceSettings {
  const unshare = new Set(checkTypes('unshare', options.unshare ?? []))
  const join = checkArray('join', options.join ?? []).map(checkJoin)
  checkUnshareAgainstJoin(unshare, join)
  requireNamespaces(options, unshare)

  const init = checkBoolean('init', options.init) ?? unshare.has('pid')
  return {
    unshare,
    join,
    uidMap: checkMap('uidMap', options.uidMap),
    gidMap: checkMap('gidMap', options.gidMap),
    setgroups: checkSetgroups(options.setgroups),
    hostname: checkHostname('hostname', options.hostname),
    domainname: checkHostname('domainname', options.domainname),
    timeOffsets: checkTimeOffsets(options.timeOffsets),
    uid: options.uid === undefined ? undefined : checkId('uid', options.uid),
    gid: options.gid === undefined ? undefined : checkId('gid', options.gid),
    groups: checkGroups(options.groups),
    loopback: checkBoolean('loopback', options.loopback) ?? unshare.has('net'),
    init,
    dieWithParent: checkBoolean('dieWithParent', options.dieWithParent) ?? !detached,
  }
}

/** An option that would act on a namespace of the caller's, were its own one missing. */
function requireNamespaces(options: SpawnOptions, unshare: ReadonlySet<NamespaceType>): void {
  const require = (option: keyof SpawnOptions, asked: boolean, type: NamespaceType): void => {
    if (asked && !unshare.has(type)) throw new TypeError(`${option} requires unshare: '${type}'`)
  }
  require('uidMap', options.uidMap !== undefined, 'user')
  require('gidMap', options.gidMap !== undefined, 'user')
  require('setgroups', options.setgroups !== undefined, 'user')
  require('hostname', options.hostname !== undefined, 'uts')
  require('domainname', options.domainname !== undefined, 'uts')
  require('timeOffsets', options.timeOffsets !== undefined, 'time')
  require('loopback', options.loopback === true, 'net')
  require('init', options.init === true, 'pid')
}

export function checkTypes(name: string, value: unknown): NamespaceType[] {
  return checkArray(name, value).map((type, index) => {
    if (isNamespaceType(type)) return type
    const near = typeof type === 'string' ? nearest(type, NAMESPACE_TYPES) : undefined
    const known = NAMESPACE_TYPES.map((each) => `'${each}'`).join(', ')
    const hint = near === undefined ? '' : `; did you mean '${near}'?`
    throw new TypeError(`${invalidValue(`${name}[${index}]`, `one of ${known}`, type).message}${hint}`)
  })
}

function checkJoin(value: unknown, index: number): Join {
  const name = `join[${index}]`
  const target = checkObject(name, value)
  if ('fd' in target) {
    // A Namespace: reading `fd` of a closed one throws, as it should.
    const { fd, type } = target
    if (!isNamespaceType(type)) throw typeError(name, 'a Namespace or { pid, types }', value)
    return { fd: checkInteger(`${name}.fd`, fd, 0, 2 ** 31 - 1), type }
  }
  if (!('pid' in target)) throw typeError(name, 'a Namespace or { pid, types }', value)
  const types = checkTypes(`${name}.types`, target.types)
  if (types.length === 0) throw invalidValue(`${name}.types`, 'at least one namespace type', types)
  return { pid: checkInteger(`${name}.pid`, target.pid, 1, MAX_PID), types: [...new Set(types)] }
}

function checkUnshareAgainstJoin(unshare: ReadonlySet<NamespaceType>, join: readonly Join[]): void {
  if (join.length === 0) return
  const joined = join.flatMap((each) => ('fd' in each ? [each.type] : each.types))
  const twice = joined.find((type, index) => joined.indexOf(type) !== index)
  if (twice !== undefined) throw new TypeError(`join: '${twice}' is joined twice`)
  // setns(2) to a pid namespace and unshare(CLONE_NEWPID) both set the namespace of later children: EINVAL in the kernel.
  if (joined.includes('pid') && unshare.has('pid')) {
    throw new TypeError("unshare: 'pid' cannot be combined with join of a pid namespace")
  }
}

export function checkMap(name: string, value: unknown): MapChoice {
  if (value === undefined) return 'root'
  if (value === 'root' || value === 'self' || value === 'subids') return value
  if (value instanceof IdMap) return writable(name, value)
  if (Array.isArray(value)) return writable(name, mapOf(name, value))
  throw typeError(
    name,
    "'root', 'self', 'subids', an IdMap or an array of { containerID, hostID, size }",
    value,
  )
}

/** Whose entry it is says the option, not the word that IdMap has for it. */
function mapOf(name: string, mappings: readonly IdMapping[]): IdMap {
  try {
    return new IdMap(mappings)
  } catch (error) {
    if (error instanceof Error) error.message = error.message.replace(/^mappings\b/, name)
    throw error
  }
}

/** An empty map would leave every id unmapped, and a map that was read may hold what cannot be written. */
function writable(name: string, map: IdMap): IdMap {
  if (map.isEmpty) throw new RangeError(`${name} must have at least one entry`)
  map.toString()
  return map
}

function checkSetgroups(value: unknown): 'allow' | 'deny' | undefined {
  if (value === undefined || value === 'allow' || value === 'deny') return value
  throw invalidValue('setgroups', "'allow' or 'deny'", value)
}

function checkHostname(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined
  const text = checkText(name, value)
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_HOSTNAME_BYTES) throw rangeError(name, `at most ${MAX_HOSTNAME_BYTES} bytes`, value)
  return text
}

function checkTimeOffsets(value: unknown): NamespaceSettings['timeOffsets'] {
  if (value === undefined) return undefined
  const offsets = checkObject('timeOffsets', value)
  for (const key of Object.keys(offsets)) {
    if (key !== 'monotonic' && key !== 'boottime') throw new TypeError(`unknown option 'timeOffsets.${key}'`)
  }
  const of = (key: 'monotonic' | 'boottime'): number => {
    const offset = offsets[key] ?? 0
    if (typeof offset !== 'number') throw typeError(`timeOffsets.${key}`, 'a number', offset)
    if (!(Math.abs(offset) <= MAX_OFFSET_MS)) {
      throw rangeError(`timeOffsets.${key}`, `at most ${MAX_OFFSET_MS} ms either way`, offset)
    }
    return offset
  }
  return { monotonic: of('monotonic'), boottime: of('boottime') }
}

function checkGroups(value: unknown): readonly number[] | undefined {
  if (value === undefined) return undefined
  const groups = checkArray('groups', value).map((gid, index) => checkId(`groups[${index}]`, gid))
  if (groups.length > MAX_GROUPS) throw rangeError('groups', `at most ${MAX_GROUPS} ids`, groups.length)
  return groups
}
