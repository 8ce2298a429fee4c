/** Steps that are the same in every plan. */

import type { PlanStep } from './steps.js'

type MountStep = Extract<PlanStep, { op: 'Mount' }>

/** MS_* of mount(2). */
export const MOUNT_FLAGS = { none: 0, readonly: 1, nosuid: 2, nodev: 4, noexec: 8 } as const
const MS_REC = 16_384
const MS_PRIVATE = 262_144

/** systemd hosts share '/': without this, mounts made inside would show outside. */
export const PRIVATE_PROPAGATION: MountStep = {
  op: 'Mount',
  step: 'set-propagation',
  source: '',
  target: '/',
  fstype: '',
  options: '',
  flags: MS_REC | MS_PRIVATE,
}

export const MOUNT_PROC: MountStep = {
  op: 'Mount',
  step: 'mount-proc',
  source: 'proc',
  target: '/proc',
  fstype: 'proc',
  options: '',
  flags: MOUNT_FLAGS.nosuid | MOUNT_FLAGS.nodev | MOUNT_FLAGS.noexec,
}
