/** A minimal /dev: what programs expect of one, and nothing of the host's hardware. */

import type { PlanStep } from './steps.js'
import { MOUNT_FLAGS } from './use.js'

/** Bound from the host: mknod(2) is EPERM in a user namespace. */
export const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty']

/** Else half of the memory could be taken there, also where the root is read-only; shm is 64 MiB in containers. */
const DEV_BYTES = 64 << 20

const LINKS = [
  ['ptmx', 'pts/ptmx'],
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
] as const

export interface BindRequest {
  readonly source: string
  readonly destination: string
}

export function deviceBinds(destination: string): BindRequest[] {
  return DEVICES.map((name) => ({ source: `/dev/${name}`, destination: `${destination}/${name}` }))
}

export function devSteps(destination: string, mayCreate: boolean, devices: readonly PlanStep[]): PlanStep[] {
  const { nosuid, nodev, noexec } = MOUNT_FLAGS
  return [
    // The devices are mounts of their own: this is against others, made by one who has CAP_MKNOD.
    mount('tmpfs', destination, `mode=0755,size=${DEV_BYTES}`, nosuid | nodev | noexec, mayCreate),
    ...devices,
    // No gid: one that is not mapped is EINVAL.
    mount('devpts', `${destination}/pts`, 'newinstance,ptmxmode=0666,mode=620', nosuid | noexec, true),
    { op: 'MakeDirectory', destination: `${destination}/shm`, mode: 0o1777 },
    ...LINKS.map(
      ([name, target]): PlanStep => ({ op: 'MakeSymlink', target, destination: `${destination}/${name}` }),
    ),
  ]
}

function mount(
  type: 'tmpfs' | 'devpts',
  target: string,
  options: string,
  flags: number,
  mayCreate: boolean,
): PlanStep {
  return {
    op: 'MountAt',
    step: `mount-${type}`,
    source: type,
    target,
    fstype: type,
    options,
    flags,
    mayCreate,
  }
}
