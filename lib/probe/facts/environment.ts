/**
 * Who runs this process: a container engine, a service manager. Hints: they choose the remedy, never the
 * cause.
 */

import { type Fact, factOf, known, unreadable } from './fact.js'
import type { FactSource } from './source.js'

export type ContainerKind = 'docker' | 'podman' | 'lxc' | 'kubernetes' | 'systemd-nspawn' | 'flatpak' | 'snap'

export interface EnvironmentFacts {
  /** All that left a trace; which is inside which is not known. */
  readonly containers: ReadonlyArray<Fact<ContainerKind>>
  /** The systemd service that this process belongs to. */
  readonly unit: Fact<Unit>
  readonly cgroup: Fact<string>
}

export interface Unit {
  readonly name: string
  /** Where drop-ins of its manager are: the system's, or the user's own. */
  readonly folder: string
}

export const SYSTEM_UNITS = '/etc/systemd/system'

const MARKS: ReadonlyArray<readonly [path: string, kind: ContainerKind]> = [
  ['/.dockerenv', 'docker'],
  ['/run/.containerenv', 'podman'],
  ['/dev/.lxc', 'lxc'],
  ['/dev/lxd', 'lxc'],
  ['/.flatpak-info', 'flatpak'],
  ['/run/secrets/kubernetes.io', 'kubernetes'],
]

const IN_CGROUP: ReadonlyArray<readonly [pattern: RegExp, kind: ContainerKind]> = [
  [/kubepods/, 'kubernetes'],
  [/\/docker[/-]/, 'docker'],
  [/\/libpod(?:_parent)?[/-]/, 'podman'],
  [/\/lxc(?:\.payload)?[./]/, 'lxc'],
  [/\/snap\./, 'snap'],
]

/** systemd's convention (systemd.io/CONTAINER_INTERFACE): engines name themselves in $container. */
const IN_ENVIRONMENT: Readonly<Record<string, ContainerKind>> = {
  docker: 'docker',
  podman: 'podman',
  oci: 'podman',
  lxc: 'lxc',
  'lxc-libvirt': 'lxc',
  'systemd-nspawn': 'systemd-nspawn',
  flatpak: 'flatpak',
}

export function readEnvironmentFacts(source: FactSource): EnvironmentFacts {
  const path = '/proc/self/cgroup'
  const cgroup = factOf(
    path,
    () => source.text(path),
    (text) => text.trim(),
  )
  const text = 'value' in cgroup ? cgroup.value : ''
  return { containers: containersOf(source, text), unit: unitOf(cgroup, source), cgroup }
}

function containersOf(source: FactSource, cgroup: string): Array<Fact<ContainerKind>> {
  const found = new Map<ContainerKind, Fact<ContainerKind>>()
  const add = (from: string, kind: ContainerKind, text: string) => {
    if (!found.has(kind)) found.set(kind, known(from, kind, text))
  }
  const { container, KUBERNETES_SERVICE_HOST } = source.environment
  const named = IN_ENVIRONMENT[container ?? ''] ?? IN_ENVIRONMENT[managerOf(source)]
  if (KUBERNETES_SERVICE_HOST) add('$KUBERNETES_SERVICE_HOST', 'kubernetes', KUBERNETES_SERVICE_HOST)
  if (named !== undefined)
    add(container === undefined ? '/run/systemd/container' : '$container', named, named)
  for (const [path, kind] of MARKS) if (exists(source, path)) add(path, kind, 'present')
  for (const line of cgroup.split('\n')) {
    for (const [pattern, kind] of IN_CGROUP) if (pattern.test(line)) add('/proc/self/cgroup', kind, line)
  }
  return [...found.values()]
}

/** systemd's note of what it was started in. */
function managerOf(source: FactSource): string {
  try {
    return source.text('/run/systemd/container').trim()
  } catch {
    return ''
  }
}

function exists(source: FactSource, path: string): boolean {
  try {
    source.identity(path)
    return true
  } catch {
    return false
  }
}

/** The innermost *.service; a login session's processes are in a *.scope, below user@UID.service at most. */
function unitOf(cgroup: Fact<string>, { environment }: FactSource): Fact<Unit> {
  const origin = `${cgroup.source}: service`
  if (!('value' in cgroup)) return unreadable(origin, cgroup.unreadable)
  const parts = cgroup.value.split('\n').flatMap((line) => line.split(':').slice(2).join(':').split('/'))
  const manager = parts.findLastIndex((part) => /^user@[0-9]+\.service$/.test(part))
  const index = parts.findLastIndex((part) => part.endsWith('.service'))
  const name = parts[index]
  if (name === undefined || index === manager) return unreadable(origin, 'ENODATA')
  const ofUser = manager !== -1 && manager < index
  return known(origin, { name, folder: ofUser ? userUnits(environment) : SYSTEM_UNITS }, name)
}

/** systemd.unit(5); without a home, the folder of all users' managers. */
function userUnits({ XDG_CONFIG_HOME, HOME }: FactSource['environment']): string {
  const home = XDG_CONFIG_HOME || (HOME && `${HOME}/.config`)
  return home ? `${home}/systemd/user` : '/etc/systemd/user'
}
