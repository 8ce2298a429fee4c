/** AppArmor profiles of each kind (profiles/). User namespaces are mediated since Linux 6.7, by ABI 4.0. */

import type { Kernel, Row } from '../row'
import { GRANT, REVOKE, SANDBOX, USER } from './common'

type Expected = Row['expected']

/** The next row loads its profile as it is without them. */
const UNLOADED = 'rm -f /etc/apparmor.d/local/*'

function load(profile: string): string {
  return `apparmor_parser -r /etc/apparmor.d/${profile}`
}

function confined(
  profile: string,
  options: Row['options'],
  expected: Expected,
  more: Partial<Row> = {},
): Row {
  return {
    name: `AppArmor: ${profile}`,
    on: ['6.12'],
    setup: load(profile),
    undo: UNLOADED,
    through: ['sh', '-c', 'echo "exec $0" >/proc/self/attr/apparmor/exec && exec "$@"', profile],
    options,
    expected,
    ...more,
  }
}

function denied(
  step: string,
  code: string,
  rules: RegExp,
  confidence: 'certain' | 'likely' = 'certain',
): Expected {
  const remedy = { scope: 'process', title: rules, tried: 'applied' } as const
  return { step, code, cause: 'apparmor', confidence, remedy } as Expected
}

const NO_USERNS = denied('create-user', 'EACCES', /^Add to the AppArmor profile no-userns\b.*: userns,$/)
/** Another program: its rights may be others. */
function bwrap(step: string, code: string): Pick<Row, 'bwrap'> {
  return { bwrap: { step, code, cause: 'apparmor', confidence: 'likely' } } as Pick<Row, 'bwrap'>
}

const WITHOUT_MEDIATION: readonly Kernel[] = ['5.10', '6.1']

export const APPARMOR_ROWS: readonly Row[] = [
  confined('all', SANDBOX, 'granted', { bwrap: 'granted' }),
  confined('no-userns', SANDBOX, NO_USERNS, bwrap('create-user', 'EACCES')),
  confined('no-userns', SANDBOX, NO_USERNS, { user: 'root', name: 'AppArmor: no-userns, root' }),
  confined('no-userns', SANDBOX, 'granted', {
    on: WITHOUT_MEDIATION,
    name: 'AppArmor: no-userns, which this kernel does not mediate',
  }),
  confined('no-userns-disconnected', USER, denied('create-user', 'EACCES', /: userns,$/)),
  confined('no-userns-abi-3', SANDBOX, 'granted'),
  confined('no-userns-complain', SANDBOX, 'granted'),
  confined('all-disconnected', SANDBOX, 'granted', bwrap('write-uid-map', 'EACCES')),
  confined(
    'no-capabilities',
    SANDBOX,
    denied('write-setgroups', 'EACCES', /capability sys_admin/),
    bwrap('create-user', 'EPERM'),
  ),
  // Whom the profile confines it confines as root too, and in namespaces of the machine's own.
  confined(
    'no-capabilities',
    { namespaces: ['net'] },
    denied('create-net', 'EPERM', /: capability sys_admin, capability net_admin,$/),
    { user: 'root', name: 'AppArmor: no-capabilities, root without a user namespace' },
  ),
  confined(
    'no-capabilities',
    { namespaces: ['user'], uidMap: 'subids', gidMap: 'subids' },
    denied('write-uid-map', 'EPERM', /capability dac_override/),
    {
      name: 'AppArmor: no-capabilities, subordinate ids',
      setup: `${load('no-capabilities')}; ${GRANT}`,
      undo: `${UNLOADED}; ${REVOKE}`,
    },
  ),
  confined('only-sys-admin', USER, 'granted'),
  confined(
    'no-net-admin',
    SANDBOX,
    denied('add-loopback-address', 'EPERM', /capability net_admin/),
    bwrap('bring-up-loopback', 'EPERM'),
  ),
  confined(
    'no-mount',
    SANDBOX,
    denied('set-propagation', 'EACCES', /mount, umount,$/),
    bwrap('set-propagation', 'EACCES'),
  ),
  confined(
    'no-pivot-root',
    SANDBOX,
    denied('pivot-root', 'EACCES', /pivot_root,$/),
    bwrap('pivot-root', 'EACCES'),
  ),
]
