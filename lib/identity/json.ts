/** The registry as JSON, for a file or another process. */

import { IdMap, type IdMapping } from '../ids/index.js'
import { copyMapping } from '../ids/validate.js'
import { checkArray, checkObject, checkText, invalidValue } from '../plan/check.js'
import { type ContainerEntry, checkEntry, type Registration } from './entry.js'

/** Says what a file is, so that another one is not taken for it. */
export const SCHEMA = 'nskit-container-registry'
export const SCHEMA_VERSION = 1

export interface RegistryJson {
  schema: typeof SCHEMA
  version: typeof SCHEMA_VERSION
  containers: ContainerJson[]
}

interface ContainerJson {
  key: string
  name: string
  uidMap: IdMapping[]
  gidMap?: IdMapping[]
  sharedUids?: number[]
  sharedGids?: number[]
  /** Decimal: JSON has no 64-bit integers. */
  userNamespace?: string
  auditSession?: number
  cgroup?: string
  /** /proc/sys/kernel/random/boot_id, of what ends with the boot. */
  boot?: string
  /** ISO 8601. */
  from?: string
  to?: string
}

export function toJson(registrations: Iterable<Registration>): RegistryJson {
  return { schema: SCHEMA, version: SCHEMA_VERSION, containers: Array.from(registrations, containerJson) }
}

function containerJson(registration: Registration): ContainerJson {
  const { key, name, uidMap, gidMap, shared, userNamespace, auditSession, cgroup, boot, from, to } =
    registration
  return {
    key,
    name,
    uidMap: uidMap.toJSON(),
    ...(gidMap && { gidMap: gidMap.toJSON() }),
    ...(shared.uid.size > 0 && { sharedUids: [...shared.uid] }),
    ...(shared.gid.size > 0 && { sharedGids: [...shared.gid] }),
    ...(userNamespace !== undefined && { userNamespace: String(userNamespace) }),
    ...(auditSession !== undefined && { auditSession }),
    ...(cgroup !== undefined && { cgroup }),
    ...(boot !== undefined && { boot }),
    ...(Number.isFinite(from) && { from: new Date(from).toISOString() }),
    ...(Number.isFinite(to) && { to: new Date(to).toISOString() }),
  }
}

/** TypeError or RangeError, naming the place, for anything that toJson() has not made. */
export function fromJson(value: unknown): Registration[] {
  const { schema, version, containers } = checkObject('registry', value)
  if (schema !== SCHEMA) throw invalidValue('registry.schema', SCHEMA, schema)
  if (version !== SCHEMA_VERSION) throw invalidValue('registry.version', String(SCHEMA_VERSION), version)
  const keys = new Set<string>()
  return checkArray('registry.containers', containers).map((container, index) => {
    try {
      const registration = readContainer(container)
      if (keys.has(registration.key)) throw invalidValue('key', 'its own', registration.key)
      keys.add(registration.key)
      return registration
    } catch (error) {
      if (error instanceof Error) error.message = `registry.containers[${index}]: ${error.message}`
      throw error
    }
  })
}

function readContainer(value: unknown): Registration {
  const { key, uidMap, gidMap, userNamespace, boot, from, to, ...rest } = checkObject('container', value)
  const entry = {
    // Whoever wrote it has found them on its host.
    sharedUids: [],
    sharedGids: [],
    ...rest,
    uidMap: readMap('uidMap', uidMap),
    ...(gidMap !== undefined && { gidMap: readMap('gidMap', gidMap) }),
    ...(userNamespace !== undefined && { userNamespace: readInode(userNamespace) }),
    ...(from !== undefined && { from: readTime('from', from) }),
    ...(to !== undefined && { to: readTime('to', to) }),
  }
  const registration = checkEntry(entry as unknown as ContainerEntry, checkText('key', key))
  return { ...registration, boot: boot === undefined ? undefined : checkText('boot', boot) }
}

/** As kernel text, which may say what no one may write: ids that the reader's namespace lacks, many long numbers. */
function readMap(name: string, value: unknown): IdMap {
  const lines = checkArray(name, value).map((mapping, index) => {
    const { containerID, hostID, size } = copyMapping(mapping as IdMapping, `${name}[${index}]`)
    return `${containerID} ${hostID} ${size}`
  })
  return IdMap.parse(lines.join('\n'), name)
}

function readInode(value: unknown): bigint {
  const text = checkText('userNamespace', value)
  if (!/^[0-9]{1,20}$/.test(text)) throw invalidValue('userNamespace', 'a decimal number', value)
  return BigInt(text)
}

function readTime(name: string, value: unknown): Date {
  const time = new Date(checkText(name, value))
  if (Number.isNaN(time.getTime())) throw invalidValue(name, 'a time as of ISO 8601', value)
  return time
}
