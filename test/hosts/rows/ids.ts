/** Who asks: ids that are not mapped, subordinate ids, and the helpers that write their maps. */

import type { Row } from '../row'
import { GRANT, REVOKE, SANDBOX, USER } from './common'

const SUBIDS = { namespaces: ['user', 'mnt', 'pid'], uidMap: 'subids', gidMap: 'subids' } as const
const OWN_ID = { options: { namespaces: SUBIDS.namespaces } } as const
const FOREIGN = [
  { containerID: 0, hostID: 12_345, size: 1 },
  { containerID: 1, hostID: 500_000, size: 1000 },
]

export const IDS_ROWS: readonly Row[] = [
  {
    name: 'subordinate ids granted',
    on: ['5.10', '6.12'],
    setup: GRANT,
    undo: REVOKE,
    options: SUBIDS,
    expected: 'granted',
  },
  {
    name: 'subordinate ids not granted',
    on: ['5.10', '6.1'],
    setup: REVOKE,
    undo: REVOKE,
    options: SUBIDS,
    expected: {
      step: 'write-uid-map',
      code: 'ERR_NSKIT_NO_SUBORDINATE_IDS',
      cause: 'subids',
      confidence: 'certain',
      remedy: { scope: 'process', title: /^Grant ordinary 65536 subordinate ids/, tried: 'applied' },
    },
  },
  {
    name: 'other subordinate ids granted than asked for',
    on: ['6.1'],
    setup: GRANT,
    undo: REVOKE,
    options: { namespaces: ['user'], uidMap: FOREIGN, gidMap: FOREIGN },
    expected: {
      step: 'write-uid-map',
      code: 'EPERM',
      cause: 'subids',
      confidence: 'certain',
      remedy: { scope: 'process', title: /^Grant ordinary |^Map / },
    },
  },
  {
    name: 'no newuidmap',
    on: ['6.1'],
    setup: `${GRANT}; mv /usr/bin/newuidmap /usr/bin/newgidmap /run`,
    undo: `${REVOKE}; mv /run/newuidmap /run/newgidmap /usr/bin`,
    options: SUBIDS,
    expected: {
      step: 'write-uid-map',
      code: 'ENOENT',
      cause: 'subids',
      confidence: 'certain',
      remedy: { scope: 'service', title: /^Install newuidmap and newgidmap/ },
    },
  },
  {
    name: 'subordinate ids under no_new_privs',
    on: ['6.1'],
    setup: GRANT,
    undo: REVOKE,
    through: ['setpriv', '--no-new-privs'],
    options: SUBIDS,
    expected: {
      step: 'write-uid-map',
      code: 'EPERM',
      cause: 'no-new-privileges',
      confidence: 'certain',
      remedy: { scope: 'process', title: /^Map the own id alone/, tried: OWN_ID },
    },
  },
  {
    name: 'newuidmap without its setuid bit',
    on: ['6.1'],
    setup: `${GRANT}; chmod u-s /usr/bin/newuidmap`,
    undo: `${REVOKE}; chmod u+s /usr/bin/newuidmap`,
    options: SUBIDS,
    expected: {
      step: 'write-uid-map',
      code: 'EPERM',
      cause: 'subids',
      confidence: 'certain',
      remedy: { scope: 'service', title: /^Give \/usr\/bin\/newuidmap the right/, tried: 'applied' },
    },
  },
  {
    name: 'a user namespace without maps',
    on: ['5.10', 'this'],
    through: ['unshare', '--user'],
    options: USER,
    expected: {
      step: 'create-user',
      code: 'EPERM',
      cause: 'unmapped-ids',
      confidence: 'certain',
      remedy: {
        scope: 'process',
        title: /^Run as an id that this user namespace maps/,
        tried: { through: ['unshare', '--user', '--map-root-user'] },
      },
    },
  },
  {
    name: 'root of a rootless container',
    on: ['6.12', 'this'],
    through: ['unshare', '--user', '--map-root-user'],
    options: SANDBOX,
    expected: 'granted',
  },
  {
    name: 'root without CAP_SETFCAP',
    on: ['6.1', 'this'],
    user: 'root',
    through: ['setpriv', '--bounding-set=-setfcap'],
    options: USER,
    expected: {
      step: 'write-uid-map',
      code: 'EPERM',
      cause: 'missing-capability',
      confidence: 'certain',
      remedy: { scope: 'process', title: /^Run as another user than uid 0/ },
    },
  },
  {
    // Mainline's 5.10 grants it; its stable releases have come to ask for the capability as well.
    name: 'root without CAP_SETFCAP, on a kernel older than the rule',
    on: ['5.10'],
    user: 'root',
    through: ['setpriv', '--bounding-set=-setfcap'],
    options: USER,
    expected: {
      step: 'write-uid-map',
      code: 'EPERM',
      cause: 'missing-capability',
      confidence: 'likely',
      remedy: { scope: 'process', title: /^Run as another user than uid 0/ },
    },
  },
]
