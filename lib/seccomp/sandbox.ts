/** A filter for sandboxes: what a way out begins with, and what hardly any program has a use for. */

import type { OciSeccomp, OciSeccompSyscall } from './types.js'

const ENOSYS = 38

const MOUNTS = [
  ...[
    'mount',
    'umount',
    'umount2',
    'move_mount',
    'open_tree',
    'open_tree_attr',
    'mount_setattr',
    'pivot_root',
    'chroot',
  ],
  ...['fsopen', 'fsconfig', 'fsmount', 'fspick', 'swapon', 'swapoff', 'quotactl', 'quotactl_fd'],
]
const NAMESPACES = ['unshare', 'setns']
const OTHER_PROCESSES = [
  ...[
    'ptrace',
    'process_vm_readv',
    'process_vm_writev',
    'process_madvise',
    'process_mrelease',
    'pidfd_getfd',
    'kcmp',
  ],
]
const KEYS = ['keyctl', 'add_key', 'request_key']
const KERNEL = [
  ...[
    'bpf',
    'perf_event_open',
    'userfaultfd',
    'io_uring_setup',
    'io_uring_enter',
    'io_uring_register',
    'fanotify_init',
  ],
  ...[
    'init_module',
    'finit_module',
    'delete_module',
    'kexec_load',
    'kexec_file_load',
    'reboot',
    'acct',
    'syslog',
  ],
  ...[
    'iopl',
    'ioperm',
    'open_by_handle_at',
    'vhangup',
    'settimeofday',
    'clock_settime',
    'clock_adjtime',
    'adjtimex',
  ],
]

/** Without CLONE_NEWTIME, whose bit is the exit signal's in clone(2). */
const CLONE_FLAGS = [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000]

/** TIOCSTI types into the terminal, TIOCLINUX pastes. */
const TERMINAL_REQUESTS = [0x5412, 0x541c]

/** The kernel looks at these bits of an ioctl's request alone (CVE-2019-10063 was a filter that compared all). */
const LOW = 0xffff_ffff

/**
 * An OCI profile for `seccomp` that allows everything but: mounts and new roots; other namespaces, by unshare, setns
 * or clone; tracing and reading other processes; kernel keys; BPF, performance events, io_uring and userfaultfd; modules,
 * kexec, clocks; typing into a terminal (TIOCSTI). They fail with EPERM, and clone3, into whose arguments no filter sees,
 * with ENOSYS, at which C libraries take clone.
 *
 * The calls of kernels to come are allowed. A list of what is allowed is safer, where one can be made.
 */
export function sandboxSeccomp(): OciSeccomp {
  const denied: OciSeccompSyscall[] = [
    { names: [...MOUNTS, ...NAMESPACES, ...OTHER_PROCESSES, ...KEYS, ...KERNEL], action: 'SCMP_ACT_ERRNO' },
    ...CLONE_FLAGS.map((flag) => onArgument('clone', 0, flag, flag)),
    ...TERMINAL_REQUESTS.map((request) => onArgument('ioctl', 1, LOW, request)),
    { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
  ]
  return { defaultAction: 'SCMP_ACT_ALLOW', syscalls: denied }
}

function onArgument(name: string, index: number, mask: number, value: number): OciSeccompSyscall {
  const comparison = { index, value: mask, valueTwo: value, op: 'SCMP_CMP_MASKED_EQ' } as const
  return { names: [name], action: 'SCMP_ACT_ERRNO', args: [comparison] }
}
