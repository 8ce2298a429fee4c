/**
 * nskit/raw: one function, one syscall, on the calling thread. For those who know the rules; `spawn` is for everyone
 * else.
 *
 * Node has several threads. What a call changes for "the calling thread" holds for JavaScript of this thread alone;
 * what the thread pool does (fs.promises, dns, crypto) is not touched. Every function throws an Error with code,
 * errno and syscall, as Node's; a TypeError or RangeError for an argument that is none; and UnsupportedPlatformError
 * off Linux.
 *
 * @packageDocumentation
 */

import { writeFileSync } from 'node:fs'
import { systemError } from './errors/system-error.js'
import { native } from './native/binding.js'
import { checkInteger, checkText, invalidValue } from './plan/check.js'
import { NAMESPACES } from './tables/namespaces.js'

/** user_namespaces(7): ids, capabilities and keys. */
export const CLONE_NEWUSER = NAMESPACES.user.flag
/** pid_namespaces(7): process ids. */
export const CLONE_NEWPID = NAMESPACES.pid.flag
/** mount_namespaces(7): mounts. */
export const CLONE_NEWNS = NAMESPACES.mnt.flag
/** network_namespaces(7): links, addresses, routes and sockets. */
export const CLONE_NEWNET = NAMESPACES.net.flag
/** ipc_namespaces(7): System V IPC and POSIX message queues. */
export const CLONE_NEWIPC = NAMESPACES.ipc.flag
/** uts_namespaces(7): host and domain name. */
export const CLONE_NEWUTS = NAMESPACES.uts.flag
/** cgroup_namespaces(7): the root of /proc/PID/cgroup. */
export const CLONE_NEWCGROUP = NAMESPACES.cgroup.flag
/** time_namespaces(7): the offsets of the monotonic and the boot clock. */
export const CLONE_NEWTIME = NAMESPACES.time.flag

const MAX_INT = 2 ** 31 - 1
const MAX_PID = 2 ** 22

/**
 * unshare(2) on the calling thread.
 *
 * - CLONE_NEWUSER is always EINVAL: Node is multithreaded.
 * - CLONE_NEWPID concerns later children of this thread, and breaks it: pthread_create then fails with EINVAL, and
 *   once the first child of the new namespace has ended, every fork fails with ENOMEM. Never call it in Node.
 * - CLONE_NEWNS also gives the thread its own working directory and umask (CLONE_FS is implied).
 * - The rest needs CAP_SYS_ADMIN.
 * @param flags CLONE_NEW* of this module, and CLONE_* of clone(2), or-ed.
 */
export function unshare(flags: number): void {
  done(native().unshare(checkInteger('flags', flags, 0, 0xffffffff)), 'unshare')
}

/**
 * setns(2) on the calling thread: a namespace's descriptor (flags: 0 or its CLONE_NEW* flag), or a pidfd with the
 * flags of several (Linux 5.8).
 *
 * CLONE_NEWUSER and CLONE_NEWNS are EINVAL and CLONE_NEWTIME is EUSERS in a process with several threads;
 * CLONE_NEWPID concerns later children alone, as with unshare.
 * @param fd an open descriptor of a namespace, or a pidfd.
 * @param flags default 0: any type.
 */
export function setns(fd: number, flags = 0): void {
  done(native().setns(descriptor('fd', fd), checkInteger('flags', flags, 0, 0xffffffff)), 'setns')
}

/**
 * Writes /proc/PID/uid_map: once, in one write(2), lines of "inside outside size" (user_namespaces(7)). Needs
 * CAP_SETUID in the parent namespace, or a single line with the own effective uid.
 * @param pid a process, as the /proc of the caller numbers it: 1 to 4194304.
 * @param text at most 340 lines (5 before Linux 4.15) and 4095 bytes.
 */
export function writeUidMap(pid: number, text: string): void {
  write(pid, 'uid_map', checkText('text', text))
}

/**
 * As writeUidMap; without CAP_SETGID, setgroups must have been set to 'deny' before.
 * @param pid a process, as the /proc of the caller numbers it: 1 to 4194304.
 * @param text as of writeUidMap.
 */
export function writeGidMap(pid: number, text: string): void {
  write(pid, 'gid_map', checkText('text', text))
}

/**
 * Before gid_map; 'allow' after 'deny' is EPERM.
 * @param pid a process, as the /proc of the caller numbers it: 1 to 4194304.
 * @param value 'deny' is final.
 */
export function writeSetgroups(pid: number, value: 'allow' | 'deny'): void {
  if (value !== 'allow' && value !== 'deny') throw invalidValue('value', "'allow' or 'deny'", value)
  write(pid, 'setgroups', value)
}

/**
 * pidfd_open(2), Linux 5.3. The descriptor is the caller's to close; close-on-exec.
 * @param pid a process of the caller's pid namespace.
 */
export function pidfdOpen(pid: number): number {
  return done(native().pidfdOpen(processId(pid)), 'pidfd_open')
}

/**
 * pidfd_send_signal(2), Linux 5.1. Signal 0 asks whether the process exists.
 * @param pidfd a descriptor of pidfdOpen.
 * @param signal 0 to 64, a number of signal(7).
 */
export function pidfdSendSignal(pidfd: number, signal: number): void {
  done(
    native().pidfdSendSignal(descriptor('pidfd', pidfd), checkInteger('signal', signal, 0, 64)),
    'pidfd_send_signal',
  )
}

/**
 * NS_GET_USERNS (ioctl_ns(2)): a new descriptor, the caller's to close. EPERM where it is out of sight.
 * @param fd an open descriptor of a namespace.
 */
export function nsGetUserns(fd: number): number {
  return done(native().nsGetUserns(descriptor('fd', fd)), 'ioctl NS_GET_USERNS')
}

/**
 * NS_GET_PARENT, for user and pid namespaces: a new descriptor, the caller's to close.
 * @param fd an open descriptor of a namespace.
 */
export function nsGetParent(fd: number): number {
  return done(native().nsGetParent(descriptor('fd', fd)), 'ioctl NS_GET_PARENT')
}

/**
 * NS_GET_NSTYPE: the CLONE_NEW* flag. ENOTTY where the descriptor is no namespace.
 * @param fd an open descriptor.
 */
export function nsGetType(fd: number): number {
  return done(native().nsGetType(descriptor('fd', fd)), 'ioctl NS_GET_NSTYPE')
}

/**
 * NS_GET_OWNER_UID, of a user namespace: in the caller's user namespace, the overflow id where it has none there.
 * @param fd an open descriptor of a user namespace.
 */
export function nsGetOwnerUid(fd: number): number {
  return done(native().nsGetOwnerUid(descriptor('fd', fd)), 'ioctl NS_GET_OWNER_UID')
}

/**
 * sethostname(2) in the calling thread's uts namespace. Needs CAP_SYS_ADMIN in its owner.
 * @param name at most 64 bytes.
 */
export function sethostname(name: string): void {
  done(native().sethostname(checkText('name', name)), 'sethostname')
}

/** getresuid(2): real, effective, saved. */
export function getResuid(): [real: number, effective: number, saved: number] {
  return native().getResuid()
}

/** getresgid(2): real, effective, saved. */
export function getResgid(): [real: number, effective: number, saved: number] {
  return native().getResgid()
}

function write(pid: number, name: string, text: string): void {
  native()
  writeFileSync(`/proc/${processId(pid)}/${name}`, text, { flag: 'r+' })
}

function processId(pid: number): number {
  return checkInteger('pid', pid, 1, MAX_PID)
}

function descriptor(name: string, fd: number): number {
  return checkInteger(name, fd, 0, MAX_INT)
}

function done(result: number, syscall: string): number {
  if (result < 0) throw systemError(result, syscall)
  return result
}
