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
    steps: /^(create-veth|set-link|add-address)$/,
    codes: ['EPERM'],
    hint: 'CAP_NET_ADMIN is missing in the user namespace that owns the network namespace of one of the ends',
  },
  { steps: /^create-veth$/, codes: ['EEXIST'], hint: 'A link of one of these names is there already' },
  { steps: /^create-veth$/, codes: ['ENOTSUP'], hint: 'This kernel has no veth: modprobe veth' },
  {
    steps: /^add-address$/,
    codes: ['EACCES', 'ENOTSUP'],
    hint: 'IPv6 is switched off there: look at net.ipv6.conf.*.disable_ipv6, and at ipv6.disable on the kernel command line',
  },
  {
    steps: /^launch$/,
    codes: ['EACCES', 'EPERM'],
    hint: "Executing what is in memory is forbidden (vm.memfd_noexec = 2, or a security module), and the launcher's file, nskit-stage beside the addon, is missing or may not be executed: 'npm rebuild nskit' makes it, and copying it along keeps it",
  },
  {
    steps: /^create-user$/,
    codes: ['EPERM'],
    hint: 'Creating user namespaces is refused: look at kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns, a seccomp filter (Docker), or a chroot around this process',
  },
  {
    steps: /^create-/,
    codes: ['EACCES'],
    hint: 'A security module refuses it: AppArmor, by the profile of this process or by that for unconfined ones, or SELinux; the audit log says which rule',
  },
  {
    steps: /^create-/,
    codes: ['ENOSPC'],
    hint: 'A limit on namespaces is reached: see /proc/sys/user/max_*_namespaces; inside each other there can be 33 user and 32 pid namespaces',
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
    hint: "Something is mounted over parts of the visible /proc (Docker masks paths there), so the kernel refuses a fresh one; proc: 'host' shows the old /proc, in root: 'host' proc: false keeps the old /proc",
  },
  {
    steps: /^open-source$/,
    codes: ['EINVAL'],
    hint: 'Something is mounted below the source that may not be uncovered in a user namespace: leave recursive: false out; with idMap, the file system knows no idmapped mounts',
  },
  {
    steps: /^open-source$/,
    codes: ['EPERM'],
    hint: 'An idmapped mount needs CAP_SYS_ADMIN in the user namespace that its file system was mounted in, which on the host is root',
  },
  {
    steps: /^create-id-mapping$/,
    codes: ['EPERM'],
    hint: 'An idmapped mount needs CAP_SYS_ADMIN, and CAP_SETUID and CAP_SETGID for its maps: it is for root of the host',
  },
  {
    steps: /^(open-source|bind-mount|make-readonly)$/,
    codes: ['ENOSYS'],
    hint: 'Read-only with all submounts, and idmapped, need mount_setattr(2), Linux 5.12: before it only a source without submounts can be read-only. Destinations need openat2(2), Linux 5.6',
  },
  {
    steps: /^(bind-mount|mount-\w+|write-file)$/,
    codes: ['ENOENT'],
    hint: "Mount points are only made in root: 'empty' and below a 'tmpfs' or 'dev' that stands earlier in mounts; elsewhere the destination must be there. An overlay's layers must be there as well",
  },
  {
    steps: /^(bind-mount|mount-\w+|write-file|make-symlink)$/,
    codes: ['ELOOP'],
    hint: 'Nothing is made behind a symbolic link: give the path that it leads to',
  },
  {
    steps: /^bind-mount$/,
    codes: ['ENOTDIR'],
    hint: 'A directory is bound on a directory, and anything else on what is none',
  },
  {
    steps: /^mount-(sysfs|mqueue|cgroup2|devpts)$/,
    codes: ['EPERM'],
    hint: 'In a user namespace this file system must be visible already, with nothing mounted over parts of it, or its own namespace must be new',
  },
  {
    steps: /^mount-overlay$/,
    codes: ['EPERM', 'EINVAL'],
    hint: 'In a user namespace overlays need Linux 5.11; upper and work must be on one file system that is no overlay itself; dmesg has more',
  },
  {
    steps: /^pivot-root$/,
    codes: ['EINVAL'],
    hint: 'The root of this process is no mount (a chroot), or is the initramfs: pivot_root(2) leaves neither',
  },
  {
    steps: /^(set-propagation|mount-\w+|new-root|bind-mount|pivot-root)$/,
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
    steps: /^(open-source|change-directory)$/,
    codes: ['EACCES'],
    hint: "A directory on the way is closed to this process; in a user namespace even to root, where its owner is not mapped: leave 'user' out of unshare, or map the owner with uidMap and gidMap",
  },
  {
    steps: /^change-directory$/,
    codes: ['ENOENT', 'ENOTDIR'],
    hint: 'cwd is looked up inside the new namespaces, before the ids change to uid and gid',
  },
  {
    steps: /^enter-cgroup$/,
    codes: ['EINVAL', 'ENOTDIR'],
    hint: 'cgroup must be a directory of a cgroup v2 hierarchy, as `findmnt -t cgroup2` lists them',
  },
  {
    steps: /^enter-cgroup$/,
    codes: ['EACCES', 'EPERM', 'ENOENT'],
    hint: 'Entering a cgroup needs the right to write to its cgroup.procs and to that of the common ancestor: have the tree delegated (systemd-run --user --scope -p Delegate=yes), and start inside it',
  },
  {
    steps: /^enter-cgroup$/,
    codes: ['ENOTSUP', 'EBUSY'],
    hint: 'A cgroup that gives controllers to its children (cgroup.subtree_control), or is threaded, takes no process: use a leaf',
  },
  {
    steps: /^set-limits$/,
    codes: ['EPERM'],
    hint: 'Raising a hard limit needs CAP_SYS_RESOURCE in the initial user namespace; nofile cannot exceed fs.nr_open',
  },
  {
    steps: /^drop-bounding$/,
    codes: ['EPERM'],
    hint: "Cutting the bounding set needs CAP_SETPCAP, or unshare: 'user'; with noNewPrivileges it need not be cut",
  },
  {
    steps: /^set-capabilities$/,
    codes: ['EPERM'],
    hint: "The caller does not have this capability, and cannot give it: leave it out, or add 'user' to unshare, which grants it inside",
  },
  {
    steps: /^set-capabilities$/,
    codes: ['EINVAL'],
    hint: 'This kernel does not know that capability',
  },
  {
    steps: /^seccomp$/,
    codes: ['EACCES'],
    hint: 'A filter needs noNewPrivileges: true, or CAP_SYS_ADMIN',
  },
  {
    steps: /^new-keyring$/,
    codes: ['EDQUOT'],
    hint: "The user's quota of keys is used up: see /proc/key-users and kernel.keys.maxkeys",
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
