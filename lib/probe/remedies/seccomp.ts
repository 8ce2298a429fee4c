/** A filter cannot be lifted from inside: who set it has to allow the calls. */

import type { Unit } from '../facts/environment.js'
import { type HostFacts, valueIn } from '../facts.js'
import { HOSTNAME, LOOPBACK, MOUNTS } from '../step-families.js'
import type { FailedStep, Remedy } from '../types.js'
import { isIn, unitRemedy } from './remedy.js'

/** Without clone3: glibc falls back on clone(2), whose flags a filter can see. */
const CALLS = ['clone', 'unshare', 'setns', 'mount', 'umount2', 'pivot_root', 'sethostname']
/** The last release that holds the profile at this place. */
const DOCKER_DEFAULT = 'https://raw.githubusercontent.com/moby/moby/v28.0.0/profiles/seccomp/default.json'
const PODMAN_DEFAULT = '/usr/share/containers/seccomp.json'
const COST =
  'The container reaches the kernel code of namespaces and mounts, as any unprivileged user of such a host'

export function seccompRemedies(failed: FailedStep, facts: HostFacts): Remedy[] {
  const unit = valueIn(facts.environment.unit)
  const remedies: Remedy[] = []
  if (isIn(facts, 'flatpak')) remedies.push(flatpak())
  if (isIn(facts, 'kubernetes')) remedies.push(kubernetes())
  else if (isIn(facts, 'podman'))
    remedies.push(engine('podman', `jq ${addRule()} ${PODMAN_DEFAULT} > namespaces.json`))
  else if (isIn(facts, 'docker')) {
    remedies.push(engine('docker', `curl -fsSL ${DOCKER_DEFAULT} | jq ${addRule()} > namespaces.json`))
  }
  if (unit !== undefined) remedies.push(service(unit, failed))
  return remedies.length > 0 ? remedies : [anyLauncher(failed)]
}

function addRule(): string {
  const names = CALLS.map((name) => `"${name}"`).join(',')
  return `'.syscalls += [{"names":[${names}],"action":"SCMP_ACT_ALLOW"}]'`
}

function engine(name: 'docker' | 'podman', make: string): Remedy {
  return {
    scope: 'service',
    title: 'Start the container with the default seccomp profile and the calls of namespaces',
    commands: [make, `${name} run --security-opt seccomp=namespaces.json IMAGE`],
    tradeoff: COST,
  }
}

function kubernetes(): Remedy {
  return {
    scope: 'service',
    title: `Give the container a seccomp profile on the node: the runtime's default and ${CALLS.join(', ')}`,
    commands: [
      `kubectl patch deployment NAME --patch '{"spec":{"template":{"spec":{"securityContext":{"seccompProfile":{"type":"Localhost","localhostProfile":"namespaces.json"}}}}}}'`,
    ],
    tradeoff: COST,
  }
}

function flatpak(): Remedy {
  return {
    scope: 'process',
    title: "Start the sandbox through Flatpak's portal, beside the application and not inside it",
    commands: ['flatpak-spawn --sandbox COMMAND'],
    tradeoff: 'The command gets the sandbox that Flatpak makes; its options are fewer',
  }
}

/** Several RestrictNamespaces= add up to one list (systemd.exec(5)). */
function service(unit: Unit, failed: FailedStep): Remedy {
  const [what, line] = allowance(failed)
  return unitRemedy(unit, `Let ${unit.name} ${what}`, [line], `Holds for all that ${unit.name} runs`)
}

/** The option whose filter answers so: each has an answer of its own. */
function allowance({ step, code, namespaces }: FailedStep): [what: string, line: string] {
  if (MOUNTS.test(step)) return ['mount file systems', 'SystemCallFilter=@mount']
  if (HOSTNAME.test(step)) {
    return code === 'EPERM'
      ? ['set the hostname of its namespaces', 'ProtectHostname=no']
      : ['set the hostname of its namespaces', 'SystemCallFilter=sethostname']
  }
  if (LOOPBACK.test(step)) {
    return code === 'EAFNOSUPPORT'
      ? ['configure the network of its namespaces', 'RestrictAddressFamilies=AF_NETLINK']
      : ['configure the network of its namespaces', 'SystemCallFilter=@network-io']
  }
  if (code === 'EPERM') {
    const types = namespaces.join(' ')
    return [`create namespaces of these types: ${types}`, `RestrictNamespaces=${types}`]
  }
  // RestrictNamespaces= refuses with EPERM alone.
  return ['create namespaces', 'SystemCallFilter=unshare clone']
}

function anyLauncher({ step, syscall }: FailedStep): Remedy {
  return {
    scope: 'process',
    title: `Have whoever starts this process allow ${syscall || step} in its seccomp filter (grep Seccomp /proc/PID/status, from the parent upwards, shows where it begins)`,
    commands: [],
    tradeoff: 'A filter is inherited and cannot be taken off: the process must be started anew',
  }
}
