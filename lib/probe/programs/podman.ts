/**
 * Podman 3 to 5, rootless (rootless_linux.c, rootless_linux.go), with crun and runc below it; and RootlessKit, which
 * starts rootless Docker, containerd, BuildKit and k3s.
 */

import type { Message } from './message.js'

export const PODMAN_MESSAGES: readonly Message[] = [
  { says: /user namespaces are not enabled in/, step: 'create-user', code: 'ENOSPC' },
  {
    // RootlessKit begins its sentence with a capital, Podman with "cannot find …: ".
    says: /no sub[ug]id ranges found|cannot find UID\/GID for user|cannot find mappings for user/i,
    step: 'write-uid-map',
    code: 'ERR_NSKIT_NO_SUBORDINATE_IDS',
    mapper: true,
  },
  { says: /"?newgidmap"?: executable file not found/, step: 'write-gid-map', code: 'ENOENT', mapper: true },
  {
    says: /"?newuidmap"?: executable file not found|command required for rootless mode/,
    step: 'write-uid-map',
    code: 'ENOENT',
    mapper: true,
  },
  { says: /insufficient UIDs or GIDs available/, step: 'write-uid-map', code: 'EPERM', mapper: true },
  { says: /newgidmap: |newgidmap"?: exit status/, step: 'write-gid-map', mapper: true },
  {
    says: /newuidmap: |newuidmap"?: exit status|should have setuid or have filecaps setuid/,
    step: 'write-uid-map',
    mapper: true,
  },
  {
    // crun starts its lines with the call alone; runc speaks of what was to be unshared.
    says: /cannot clone: |^(clone: |unshare ?\(CLONE)|(crun|runc)[^:]*: (clone|unshare)|failed to unshare |unable to clone|cannot re-exec process/,
    step: 'create-user',
    together: true,
  },
  // RootlessKit starts itself anew by one clone(2) with all flags, and maps by newuidmap afterwards.
  { says: /fork\/exec \/proc\/self\/exe: /, step: 'create-user', together: true },
  { says: /cannot setresuid|write uid_map|uid_map/, step: 'write-uid-map' },
  { says: /gid_map/, step: 'write-gid-map' },
  { says: /(mounting|mount) [`"'\\]*proc[`"'\\]*/, step: 'mount-proc' },
  { says: /rootfs propagation|make .*(private|slave)|remount private/, step: 'set-propagation' },
  { says: /pivot_root/, step: 'pivot-root' },
  { says: /sethostname|set hostname/, step: 'set-hostname' },
  { says: /executable file [`"'].*[`"'] not found|executable file not found/, step: 'exec', code: 'ENOENT' },
]
