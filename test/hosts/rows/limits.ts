/** user.max_*_namespaces, which hold for a user namespace and all below it; and how deep these may nest. */

import type { NamespaceType } from '../../../lib/tables/namespaces'
import type { Denied, Row } from '../row'
import { GUESTS, SANDBOX, USER } from './common'

function denied(type: NamespaceType): Denied {
  return {
    step: `create-${type}`,
    code: 'ENOSPC',
    cause: 'namespace-limit',
    confidence: 'certain',
    remedy: { scope: 'host', title: new RegExp(`^Raise the limit on ${type} namespaces$`), tried: 'applied' },
  }
}

/** It asks for all in one call, and says only that a limit is reached: which one, the limits themselves tell. */
function bwrapDenied(type: NamespaceType): NonNullable<Row['bwrap']> {
  return { step: `create-${type}`, code: 'ENOSPC', cause: 'namespace-limit', confidence: 'certain' }
}

/** The limits of an own user namespace: root of it may set them, also where root of the machine may not. */
const OWN_NAMESPACE = ['unshare', '--user', '--map-root-user']

/** sh: "DEPTH COMMAND..." in so many user namespaces, one inside the other. */
const NEST = '[ "$0" = 0 ] && exec "$@"; exec unshare --user --map-root-user sh -c "$NEST" $(($0 - 1)) "$@"'

function nested(depth: number): string[] {
  return ['env', `NEST=${NEST}`, 'sh', '-c', NEST, String(depth)]
}

const NESTING: Denied = {
  step: 'create-user',
  code: 'ENOSPC',
  cause: 'nesting-limit',
  confidence: 'likely',
  remedy: {
    scope: 'process',
    title: /^Start this from a level further out/,
    tried: { through: nested(32) },
  },
}

const HOLD = `
setpriv --reuid=12345 --regid=12345 --clear-groups unshare --user sh -c 'echo >/tmp/held; exec sleep 1000' >/dev/null 2>&1 &
echo $! >/run/holder
until [ -e /tmp/held ]; do sleep 0.1; done
sysctl -n user.max_user_namespaces >/run/limit
sysctl -qw user.max_user_namespaces=1
`

export const LIMIT_ROWS: readonly Row[] = [
  ...(['user', 'net'] as const).map((type): Row => {
    const name = `user.max_${type}_namespaces`
    return {
      name: `${name} = 0`,
      on: type === 'user' ? GUESTS : ['6.1'],
      setup: `sysctl -n ${name} >/run/limit; sysctl -qw ${name}=0`,
      undo: `sysctl -qw ${name}=$(cat /run/limit)`,
      options: SANDBOX,
      expected: denied(type),
      bwrap: bwrapDenied(type),
    }
  }),
  {
    name: 'user.max_user_namespaces = 0, asked by root',
    on: ['6.1'],
    setup: 'sysctl -n user.max_user_namespaces >/run/limit; sysctl -qw user.max_user_namespaces=0',
    undo: 'sysctl -qw user.max_user_namespaces=$(cat /run/limit)',
    user: 'root',
    options: SANDBOX,
    expected: denied('user'),
  },
  ...(['user', 'mnt', 'pid', 'net', 'uts', 'ipc'] as const).map(
    (type): Row => ({
      name: `user.max_${type}_namespaces = 0 in a user namespace`,
      on: ['this'],
      host: OWN_NAMESPACE,
      setup: `sysctl -qw user.max_${type}_namespaces=0`,
      user: 'root',
      options: SANDBOX,
      expected: denied(type),
    }),
  ),
  {
    name: 'user.max_user_namespaces = 1, and one is there',
    on: ['6.1'],
    setup: HOLD,
    undo: 'kill $(cat /run/holder); sysctl -qw user.max_user_namespaces=$(cat /run/limit)',
    options: USER,
    expected: {
      step: 'create-user',
      code: 'ENOSPC',
      cause: 'namespace-limit',
      confidence: 'certain',
      remedy: { scope: 'process', title: /^End what holds user namespaces/ },
    },
  },
  { name: '32 user namespaces deep', on: ['this'], through: nested(32), options: USER, expected: 'granted' },
  {
    name: '33 user namespaces deep',
    on: ['this'],
    through: nested(33),
    options: USER,
    expected: NESTING,
  },
  {
    name: 'in bwrap',
    on: ['this'],
    through: ['bwrap', '--unshare-user', '--bind', '/', '/', '--proc', '/proc'],
    options: SANDBOX,
    expected: 'granted',
  },
  {
    name: 'in bwrap --disable-userns',
    on: ['this'],
    through: ['bwrap', '--unshare-user', '--disable-userns', '--bind', '/', '/', '--proc', '/proc'],
    options: USER,
    expected: { ...NESTING, remedy: { ...NESTING.remedy, tried: { through: [] } } },
  },
]
