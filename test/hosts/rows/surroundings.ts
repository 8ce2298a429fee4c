/** The root directory, and /proc. Made in a mount namespace of the row's own. */

import type { Denied, Row } from '../row'
import { SANDBOX, USER } from './common'

const OWN_MOUNTS = ['unshare', '--mount', '--propagation', 'private']
const WITHOUT_PROC = { namespaces: SANDBOX.namespaces, use: ['mount', 'loopback', 'hostname'] } as const
const MASKED = {
  step: 'mount-proc',
  code: 'EPERM',
  cause: 'masked-proc',
  confidence: 'certain',
  remedy: {
    scope: 'process',
    title: /^Do without a \/proc of its own/,
    tried: { options: WITHOUT_PROC },
  },
} as const

const CHROOT: Denied = {
  step: 'create-user',
  code: 'EPERM',
  cause: 'chroot',
  confidence: 'certain',
  remedy: { scope: 'process', title: /^Enter the directory as the root of a mount namespace/ },
}

export const SURROUNDINGS_ROWS: readonly Row[] = [
  {
    name: 'a tmpfs over a folder of /proc',
    on: ['5.10', '6.12', 'this'],
    host: OWN_MOUNTS,
    setup: 'mount -t tmpfs -o ro mask /proc/tty',
    options: SANDBOX,
    expected: MASKED,
  },
  {
    name: '/dev/null over a file of /proc',
    on: ['this'],
    host: OWN_MOUNTS,
    setup: 'mount --bind /dev/null /proc/timer_list',
    options: SANDBOX,
    expected: MASKED,
  },
  {
    name: '/proc read-only',
    on: ['this'],
    host: OWN_MOUNTS,
    setup: 'mount -o remount,bind,ro /proc',
    options: SANDBOX,
    expected: {
      step: 'write-setgroups',
      code: 'EROFS',
      cause: 'masked-proc',
      confidence: 'certain',
      remedy: { scope: 'service', title: /^Have \/proc mounted writable/, tried: 'applied' },
    },
  },
  {
    name: '/proc with noatime',
    on: ['this'],
    host: OWN_MOUNTS,
    setup: 'mount -o remount,bind,noatime /proc',
    options: SANDBOX,
    expected: MASKED,
  },
  {
    name: '/proc that hides the processes of others',
    on: ['this'],
    host: OWN_MOUNTS,
    setup: 'mount -t proc -o hidepid=2 proc /proc',
    options: SANDBOX,
    expected: 'granted',
  },
  {
    name: 'memfds that may not be executed',
    on: ['6.12'],
    setup: 'sysctl -qw vm.memfd_noexec=2',
    undo: 'sysctl -qw vm.memfd_noexec=0',
    options: SANDBOX,
    expected: 'granted',
  },
  {
    name: 'a tmpfs over a folder of /proc, asked without /proc',
    on: ['this'],
    host: OWN_MOUNTS,
    setup: 'mount -t tmpfs -o ro mask /proc/tty',
    options: WITHOUT_PROC,
    expected: 'granted',
  },
  {
    name: 'a tmpfs over a folder of /proc, asked by root without a user namespace',
    on: ['this'],
    host: OWN_MOUNTS,
    setup: 'mount -t tmpfs -o ro mask /proc/tty',
    user: 'root',
    options: { namespaces: ['mnt', 'pid'] },
    expected: 'granted',
  },
  ...(['root', undefined] as const).map(
    (user): Row => ({
      name: `chroot into a mount${user === undefined ? '' : ', root'}`,
      on: ['6.1'],
      setup: 'mount --rbind / /mnt',
      undo: 'umount -l /mnt',
      through: user === undefined ? ['chroot', '--userspec=12345:12345', '/mnt'] : ['chroot', '/mnt'],
      user: 'root',
      options: USER,
      expected: CHROOT,
    }),
  ),
  {
    // init's mounts are others, and where the root of these is, is not to be seen: told by elimination.
    name: 'chroot in a mount namespace of its own',
    on: ['this'],
    host: [...OWN_MOUNTS, 'sh', '-c', 'mount --rbind / /mnt && exec chroot /mnt "$@"', 'sh'],
    options: USER,
    expected: { ...CHROOT, confidence: 'likely' },
  },
  {
    name: 'pivot_root instead of chroot',
    on: ['6.1', 'this'],
    host: [
      ...OWN_MOUNTS,
      ...['sh', '-c', 'mount --rbind / /mnt && cd /mnt && pivot_root . mnt && exec "$@"', 'sh'],
    ],
    options: USER,
    expected: 'granted',
  },
]
