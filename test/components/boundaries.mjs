// Each boundary of a component, as what is left of its options when it is switched off.
import { applyFirewall } from 'nskit'
import { COMPONENTS } from '../../examples/components/components.mjs'
import { idsOf } from '../../examples/components/start.mjs'

const without = (list, ...names) => list.filter((name) => !names.includes(name))
const MiB = 1 << 20

/** `host`: what the driver has: the networks, the pids, the folder that components must not write. */
const BOUNDARIES = {
  /** The processes of the host, as it sees them. */
  pid: ({ init, ...options }) => ({ ...options, unshare: without(options.unshare, 'pid'), proc: 'host' }),
  /** Where there are several ids: those of the orchestrator. */
  ids: (options) => ({ ...options, ...idsOf('orchestrator') }),
  'ids of the backend': (options) => ({ ...options, ...idsOf('backend') }),
  /** That of the orchestrator. */
  user: ({ uidMap, gidMap, ...options }, { pids }) => ({
    ...options,
    unshare: without(options.unshare, 'user'),
    join: [{ pid: pids.orchestrator, types: ['user'] }, ...options.join],
  }),
  /** None: as root of the host. */
  'any user': ({ uidMap, gidMap, ...options }) => ({ ...options, unshare: without(options.unshare, 'user') }),
  seccomp: ({ seccomp, ...options }) => options,
  /** In a user namespace root has them over what it owns. */
  capabilities: (options) => ({ ...options, capabilities: 'keep', uid: 0, gid: 0 }),
  keyring: (options) => ({ ...options, sessionKeyring: 'inherit' }),
  root: ({ root, rootReadonly, mounts, ...options }) => options,
  /** Its mount namespace is that of the orchestrator. */
  'root of the orchestrator': ({ root, rootReadonly, mounts, ...options }, { pids }) => ({
    ...options,
    unshare: without(options.unshare, 'mnt'),
    join: [{ pid: pids.orchestrator, types: ['mnt'] }, ...options.join],
  }),
  network: (options) => ({
    ...options,
    join: without(options.join, ...options.join.filter((each) => each.type === 'net')),
  }),
  'network of the orchestrator': (options, { networks }) => ({
    ...options,
    join: options.join.map((each) => (each.type === 'net' ? networks.get('orchestrator') : each)),
  }),
  readonly: (options) => ({ ...options, mounts: options.mounts.map(({ readonly, ...mount }) => mount) }),
  rlimits: ({ rlimits, ...options }) => options,
  size: (options) => ({
    ...options,
    mounts: options.mounts.map((mount) => (mount.type === 'tmpfs' ? { ...mount, size: 64 * MiB } : mount)),
  }),
  descriptors: (options, { leak }) => ({ ...options, fds: { [leak]: leak } }),
  firewall: (options) => options,
}

/** Options of spawn without those boundaries. */
export function switchOff(boundaries, host) {
  return (options) => boundaries.reduce((left, boundary) => BOUNDARIES[boundary](left, host), options)
}

/** Runs `work` while the firewalls, if they are among those switched off, let everything pass. */
export async function withFirewalls(boundaries, networks, work) {
  if (!boundaries.includes('firewall')) return work()
  const sides = ['executor', 'orchestrator']
  const open = { input: 'accept', output: 'accept' }
  for (const side of sides) await applyFirewall(networks.get(side), open)
  try {
    return await work()
  } finally {
    for (const side of sides) await applyFirewall(networks.get(side), COMPONENTS[side].firewall)
  }
}
