/** Steps that are the same in every plan. */

import type { PlanStep } from './steps.js'

const MS_NOSUID = 2
const MS_NODEV = 4
const MS_NOEXEC = 8
const MS_REC = 16_384
const MS_PRIVATE = 262_144

/** systemd hosts share '/': without this, mounts made inside would show outside. */
export const PRIVATE_PROPAGATION: PlanStep = {
  op: 'Mount',
  step: 'set-propagation',
  source: '',
  target: '/',
  fstype: '',
  options: '',
  flags: MS_REC | MS_PRIVATE,
}

export const MOUNT_PROC: PlanStep = {
  op: 'Mount',
  step: 'mount-proc',
  source: 'proc',
  target: '/proc',
  fstype: 'proc',
  options: '',
  flags: MS_NOSUID | MS_NODEV | MS_NOEXEC,
}
