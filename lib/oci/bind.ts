import { statSync } from 'node:fs'
import { resolveMap } from '../plan/maps.js'
import { ATTRIBUTES } from '../plan/mount-attributes.js'
import type { BindSettings } from '../plan/settings.js'
import type { Source } from './source.js'
import type { OciMount } from './types.js'

/** Recursive, and with nothing of what is mounted later on either side. `attributes` hold in its submounts too. */
export function plainBind(source: string, destination: string, attributes: readonly string[]): OciMount {
  // Below a file nothing is mounted, and crun opens what has recursive ones as a directory.
  const names = isFile(source) ? attributes : attributes.flatMap((each) => [each, `r${each}`])
  return { destination, type: 'bind', source, options: ['rbind', 'rprivate', ...names] }
}

function isFile(path: string): boolean {
  try {
    return !statSync(path).isDirectory()
  } catch {
    return false // not there yet, or not for this process to see
  }
}

export function bindOf(
  { source, destination, recursive, attributes, idMap }: BindSettings,
  from: Source,
): OciMount {
  const names = ATTRIBUTES.filter(([, bit]) => (attributes & bit) !== 0).map(([name]) => optionName(name))
  const mount = plainBind(source, destination, names)
  if (!recursive) mount.options = ['bind', 'private', ...names]
  if (idMap === undefined) return mount
  // Named in options as well, for a runtime that knows no mappings of mounts to fail and not to pass over them.
  mount.options.push(recursive ? 'ridmap' : 'idmap')
  mount.uidMappings = resolveMap('uid', idMap.uid, from.caller).toJSON()
  mount.gidMappings = resolveMap('gid', idMap.gid, from.caller).toJSON()
  return mount
}

function optionName(attribute: (typeof ATTRIBUTES)[number][0]): string {
  return attribute === 'readonly' ? 'ro' : attribute
}
