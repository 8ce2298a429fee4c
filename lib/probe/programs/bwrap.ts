/** bubblewrap 0.1 to 0.12 (bubblewrap.c, network.c, utils.c). Its messages are not translated. */

import type { Message } from './message.js'

export const BWRAP_MESSAGES: readonly Message[] = [
  // EPERM and EINVAL have words of their own: "to creating new", "to create new" and "to create a new" (0.9).
  {
    says: /No permissions to creat\w+ (a )?new namespace/,
    step: 'create-user',
    code: 'EPERM',
    together: true,
  },
  { says: /kernel does not support user namespaces/, step: 'create-user', code: 'EINVAL', together: true },
  { says: /exceeded \(ENOSPC\)/, step: 'create-user', code: 'ENOSPC', together: true },
  { says: /Creating (a )?new namespace failed/, step: 'create-user', together: true },
  { says: /unshare user ns/, step: 'create-user' },
  // /proc itself, and later its self/mountinfo: nothing can be mapped or bound without.
  { says: /Can't open \/proc\b/, step: 'open-proc' },
  { says: /error writing to setgroups/, step: 'write-setgroups' },
  { says: /setting up uid map/, step: 'write-uid-map' },
  { says: /setting up gid map/, step: 'write-gid-map' },
  // die_with_error() prints the errno of whatever call came last: any, also Success. The refusal is EPERM.
  { says: /loopback: Failed (RTM_NEWADDR|RTM_NEWLINK)/, step: 'bring-up-loopback', code: 'EPERM' },
  { says: /loopback: /, step: 'bring-up-loopback' },
  { says: /Failed to make \/ slave|making \/ (slave|private)/, step: 'set-propagation' },
  { says: /Can't mount proc on|mounting proc on/, step: 'mount-proc' },
  { says: /pivot_root|unmount old root|chdir.*(new|old)root/, step: 'pivot-root' },
  {
    says: /Failed to mount tmpfs|setting up newroot bind|Can't (bind )?mount|Unable to (mount|remount|apply mount flags)/,
    step: 'mount-tmpfs',
  },
  { says: /Can't set hostname/, step: 'set-hostname' },
  { says: /cgroup namespace|unshare cgroup ns/, step: 'create-cgroup' },
  { says: /unshare (user|pid) namespace|Creation of new user namespaces/, step: 'create-user' },
  { says: /execvp .*: /, step: 'exec' },
]
