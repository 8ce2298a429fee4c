/** A profile of the size and the kinds of rules that container engines ship: most calls, some by arguments. */

import type { OciSeccomp } from '../../lib/seccomp/index.js'
import { syscallNumbers } from '../../lib/seccomp/syscalls.js'

const ADMINISTRATION = [
  'acct add_key bpf chroot clock_settime create_module delete_module finit_module get_kernel_syms init_module',
  'ioperm iopl kexec_file_load kexec_load keyctl lookup_dcookie mount mount_setattr move_mount nfsservctl',
  'open_by_handle_at open_tree perf_event_open pivot_root process_vm_readv process_vm_writev ptrace query_module',
  'quotactl reboot request_key sethostname setdomainname setns settimeofday swapoff swapon sysfs syslog umount2',
  'unshare userfaultfd uselib ustat vhangup _sysctl fsconfig fsmount fsopen fspick clone3',
].flatMap((line) => line.split(' '))

const BY_ARGUMENTS = ['personality', 'clone', 'socket', 'ioctl', 'prctl']

/** 32-bit calls, which such profiles list beside their 64-bit successors. */
const OF_OTHERS = [
  'chown32',
  'socketcall',
  'mmap2',
  '_llseek',
  'stat64',
  'futex_time64',
  'set_tls',
  'sigreturn',
]

const everyday = [
  ...new Set([...syscallNumbers('x64').keys(), ...syscallNumbers('arm64').keys(), ...OF_OTHERS]),
].filter((name) => !ADMINISTRATION.includes(name) && !BY_ARGUMENTS.includes(name))

const NAMESPACE_FLAGS = 0x7e020000
const AF_VSOCK = 40
const TIOCSTI = 0x5412
const PERSONALITIES = [0, 8, 0x20000, 0x20008, 0xffffffff]

export const workstation: OciSeccomp = {
  defaultAction: 'SCMP_ACT_ERRNO',
  defaultErrnoRet: 1,
  architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32', 'SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'],
  flags: ['SECCOMP_FILTER_FLAG_LOG'],
  syscalls: [
    { names: everyday, action: 'SCMP_ACT_ALLOW' },
    ...PERSONALITIES.map((value) => ({
      names: ['personality'],
      action: 'SCMP_ACT_ALLOW' as const,
      args: [{ index: 0, value, op: 'SCMP_CMP_EQ' as const }],
    })),
    {
      names: ['clone'],
      action: 'SCMP_ACT_ALLOW',
      args: [{ index: 0, value: NAMESPACE_FLAGS, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }],
    },
    { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 },
    { names: ['socket'], action: 'SCMP_ACT_ALLOW', args: [{ index: 0, value: AF_VSOCK, op: 'SCMP_CMP_NE' }] },
    {
      names: ['ioctl'],
      action: 'SCMP_ACT_ERRNO',
      errnoRet: 25,
      args: [{ index: 1, value: 0xffffffff, valueTwo: TIOCSTI, op: 'SCMP_CMP_MASKED_EQ' }],
    },
    { names: ['ioctl'], action: 'SCMP_ACT_ALLOW', args: [{ index: 1, value: TIOCSTI, op: 'SCMP_CMP_NE' }] },
    { names: ['prctl'], action: 'SCMP_ACT_ALLOW', args: [{ index: 0, value: 64, op: 'SCMP_CMP_LT' }] },
    {
      names: ['arch_prctl'],
      action: 'SCMP_ACT_ALLOW',
      args: [{ index: 0, value: 0x1001, op: 'SCMP_CMP_GE' }],
    },
  ],
}
