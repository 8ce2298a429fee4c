import { type ContainerEntry, ContainerRegistry } from '../../lib/identity/index.js'
import { IdMap } from '../../lib/ids/index.js'

/** An entry whose two maps are one: specs as of IdMap.fromSpec. */
export function entry(name: string, spec: string, more: Partial<ContainerEntry> = {}): ContainerEntry {
  const map = IdMap.fromSpec(spec)
  return { name, uidMap: map, gidMap: map, ...more }
}

export function registryOf(...entries: ContainerEntry[]): ContainerRegistry {
  const registry = new ContainerRegistry()
  for (const each of entries) registry.add(each)
  return registry
}

export function date(ms: number): Date {
  return new Date(ms)
}
