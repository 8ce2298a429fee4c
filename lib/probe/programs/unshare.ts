/** util-linux 2.26 to 2.41 (unshare.c), and busybox's. */

import type { Message } from './message.js'

export const UNSHARE_MESSAGES: readonly Message[] = [
  // All namespaces in one call, the user namespace among them or not: the words are the same.
  { says: /unshare failed: /, step: 'create-user', together: true },
  { says: /unshare\(0x[0-9a-f]+\): /, step: 'create-user', together: true },
  {
    says: /new[ug]idmap: .*not found|failed to execute new[ug]idmap/,
    step: 'write-uid-map',
    code: 'ENOENT',
    mapper: true,
  },
  {
    says: /no line matching user .* in \/etc\/subuid/,
    step: 'write-uid-map',
    code: 'ERR_NSKIT_NO_SUBORDINATE_IDS',
    mapper: true,
  },
  {
    says: /no line matching user .* in \/etc\/subgid/,
    step: 'write-gid-map',
    code: 'ERR_NSKIT_NO_SUBORDINATE_IDS',
    mapper: true,
  },
  { says: /newuidmap: /, step: 'write-uid-map', mapper: true },
  { says: /newgidmap: /, step: 'write-gid-map', mapper: true },
  { says: /\/proc\/(self|[0-9]+)\/uid_map/, step: 'write-uid-map' },
  { says: /\/proc\/(self|[0-9]+)\/gid_map/, step: 'write-gid-map' },
  { says: /\/proc\/(self|[0-9]+)\/setgroups/, step: 'write-setgroups' },
  {
    says: /cannot change root filesystem propagation|can't mount none on \/|mount: none/,
    step: 'set-propagation',
  },
  { says: /mount (proc on )?\/proc failed|can't mount proc|mount \S*\/proc failed/, step: 'mount-proc' },
  { says: /timens_offsets|time_for_children/, step: 'write-time-offsets' },
  { says: /fork failed/, step: 'fork' },
  { says: /setgroups failed/, step: 'set-groups' },
  { says: /setgid failed/, step: 'set-gid' },
  { says: /setuid failed/, step: 'set-uid' },
  { says: /failed to execute |can't execute /, step: 'exec' },
]
