/** Hosts that deny nothing. A policy that is set and asked for nothing here is no denial. */

import type { Row } from '../row'
import { EVERYWHERE, SANDBOX, USER } from './common'

export const PLAIN_ROWS: readonly Row[] = [
  { name: 'an ordinary user', on: EVERYWHERE, options: SANDBOX, expected: 'granted', bwrap: 'granted' },
  { name: 'an ordinary user, the user namespace alone', on: ['5.10'], options: USER, expected: 'granted' },
  { name: 'root', on: EVERYWHERE, user: 'root', options: SANDBOX, expected: 'granted' },
  {
    name: 'root, without a user namespace',
    on: ['6.12', 'this'],
    user: 'root',
    options: { namespaces: ['mnt', 'pid', 'net', 'uts'] },
    expected: 'granted',
  },
  {
    name: 'an ordinary user, without a user namespace',
    on: ['5.10', 'this'],
    options: { namespaces: ['net'] },
    expected: {
      step: 'create-net',
      code: 'EPERM',
      cause: 'missing-capability',
      confidence: 'certain',
      remedy: {
        scope: 'process',
        title: /^Unshare 'user' as well/,
        tried: { options: { namespaces: ['user', 'net'] } },
      },
    },
  },
  {
    name: 'no_new_privs',
    on: ['5.10', 'this'],
    through: ['setpriv', '--no-new-privs'],
    options: SANDBOX,
    expected: 'granted',
  },
]
