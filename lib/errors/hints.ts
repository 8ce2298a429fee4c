/** What to do next, by step and errno. Only where one cause is by far the likeliest, and said as such. */

import type { SetupStep } from '../plan/steps.js'

interface Rule {
  readonly steps: RegExp
  readonly codes: readonly string[]
  readonly hint: string
}

/** The first rule that fits wins: the particular ones come first. */
const RULES: readonly Rule[] = [
  {
    steps: /^create-user$/,
    codes: ['EPERM'],
    hint: 'Creating user namespaces is refused: look at kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns, a seccomp filter (Docker), or a chroot around this process',
  },
  {
    steps: /^create-/,
    codes: ['ENOSPC'],
    hint: 'A limit on namespaces is reached: see /proc/sys/user/max_*_namespaces, and the depth of nesting (32)',
  },
  {
    steps: /^create-/,
    codes: ['EPERM'],
    hint: "CAP_SYS_ADMIN is missing: add 'user' to unshare, which grants it inside; where it is there, AppArmor takes the capability away",
  },
  {
    steps: /^create-/,
    codes: ['EINVAL'],
    hint: 'This kernel is built without that namespace type, or is too old for it',
  },
  {
    steps: /^write-(uid|gid)-map$/,
    codes: ['ENOENT'],
    hint: 'newuidmap and newgidmap are not installed (package uidmap or shadow-utils)',
  },
  {
    steps: /^write-(uid|gid)-map$/,
    codes: ['EPERM', 'EACCES'],
    hint: 'Without privilege only the own id can be mapped, or the ranges of /etc/subuid and /etc/subgid; AppArmor and no_new_privs refuse it as well, and mapping 0 of the parent namespace needs CAP_SETFCAP (Linux 5.12)',
  },
  {
    steps: /^write-setgroups$/,
    codes: ['EPERM', 'EACCES'],
    hint: "setgroups: 'allow' needs CAP_SETGID outside, or newgidmap",
  },
  {
    steps: /^set-groups$/,
    codes: ['EPERM'],
    hint: 'setgroups(2) is denied in this user namespace: map the groups with privilege or through newgidmap, or leave `groups` out',
  },
  {
    steps: /^set-(uid|gid|groups)$/,
    codes: ['EINVAL'],
    hint: 'That id has no mapping in the new user namespace',
  },
  {
    steps: /^set-(uid|gid)$/,
    codes: ['EPERM'],
    hint: 'Changing ids needs CAP_SETUID and CAP_SETGID, or a user namespace of its own',
  },
  {
    steps: /^mount-proc$/,
    codes: ['EPERM'],
    hint: 'Something is mounted over parts of the visible /proc (Docker masks paths there), so the kernel refuses a fresh one; proc: false keeps the old /proc',
  },
  {
    steps: /^(set-propagation|mount-proc)$/,
    codes: ['EPERM', 'EACCES'],
    hint: 'Mounting needs CAP_SYS_ADMIN in the namespace; AppArmor can deny it',
  },
  {
    steps: /^bring-up-loopback$/,
    codes: ['EPERM'],
    hint: 'CAP_NET_ADMIN is missing in the new network namespace: AppArmor takes it away from unprivileged user namespaces',
  },
  { steps: /^join-/, codes: ['ESRCH', 'ENOENT'], hint: 'That process is gone' },
  {
    steps: /^join-user$/,
    codes: ['EINVAL'],
    hint: 'The own user namespace cannot be joined, nor a namespace of another type',
  },
  { steps: /^join-/, codes: ['EINVAL'], hint: 'The descriptor is not a namespace of that type' },
  {
    steps: /^join-/,
    codes: ['EPERM'],
    hint: 'Joining needs CAP_SYS_ADMIN in the namespace and in its owner: join its user namespace as well',
  },
  {
    steps: /^change-directory$/,
    codes: ['ENOENT', 'EACCES', 'ENOTDIR'],
    hint: 'cwd is looked up inside the new namespaces, before the ids change to uid and gid',
  },
  { steps: /^move-descriptors$/, codes: ['EBADF'], hint: 'A descriptor of stdio or fds is not open' },
  {
    steps: /^write-time-offsets$/,
    codes: ['EPERM', 'EACCES'],
    hint: 'Time offsets need CAP_SYS_TIME in the owning user namespace',
  },
  {
    steps: /./,
    codes: ['EAGAIN'],
    hint: 'A limit on processes is reached: see ulimit -u and pids.max of the cgroup',
  },
]

export function hintFor(step: SetupStep, code: string): string | undefined {
  return RULES.find((rule) => rule.steps.test(step) && rule.codes.includes(code))?.hint
}
