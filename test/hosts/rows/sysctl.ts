/** kernel.unprivileged_userns_clone of Debian's kernels. */

import type { Row } from '../row'
import { GUESTS, SANDBOX, USER } from './common'

const OFF = 'sysctl -qw kernel.unprivileged_userns_clone=0'
const ON = 'sysctl -qw kernel.unprivileged_userns_clone=1'

const DENIED = {
  step: 'create-user',
  code: 'EPERM',
  cause: 'sysctl-unprivileged-userns',
  confidence: 'certain',
  remedy: { scope: 'host', title: /^Let unprivileged users create user namespaces$/, tried: 'applied' },
} as const

const BWRAP = {
  step: 'create-user',
  code: 'EPERM',
  cause: 'sysctl-unprivileged-userns',
  confidence: 'certain',
} as const

export const SYSCTL_ROWS: readonly Row[] = [
  {
    name: 'the sysctl off',
    on: GUESTS,
    setup: OFF,
    undo: ON,
    options: SANDBOX,
    expected: DENIED,
    bwrap: BWRAP,
  },
  { name: 'the sysctl off, user alone', on: ['5.10'], setup: OFF, undo: ON, options: USER, expected: DENIED },
  {
    name: 'the sysctl off, asked by root',
    on: GUESTS,
    setup: OFF,
    undo: ON,
    user: 'root',
    options: SANDBOX,
    expected: 'granted',
  },
  {
    name: 'the sysctl off, asked by root of a user namespace',
    on: ['6.1'],
    setup: OFF,
    undo: ON,
    user: 'root',
    through: ['unshare', '--user', '--map-root-user'],
    options: USER,
    expected: DENIED,
  },
]
