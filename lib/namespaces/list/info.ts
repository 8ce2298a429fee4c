import type { NamespaceType } from '../../tables/namespaces.js'

/** A namespace, and what keeps it. */
export interface NamespaceInfo {
  /** As the kernel names it in /proc/PID/ns. */
  type: NamespaceType
  /** The number in `user:[4026531837]`: its name for as long as it lives. */
  ino: bigint
  /** Lowest pid inside, as the caller sees it. undefined where only a descriptor, a bind mount or a relative holds it. */
  pid: number | undefined
  /** Command line of that process, at most 4096 bytes of it; the name of a kernel thread or a zombie. */
  command: string | undefined
  /** Effective uid of that process, in the caller's user namespace. */
  uid: number | undefined
  /** Processes inside that the caller may inspect (ptrace(2), PTRACE_MODE_READ_FSCREDS). */
  processes: number
  /** Inode of the owning user namespace; undefined where it is out of the caller's sight. */
  owner: bigint | undefined
  /** Inode of the parent, for 'user' and 'pid'; undefined where it is out of the caller's sight, or there is none. */
  parent: bigint | undefined
  /** Bind mounts that persist it, as their mount namespace shows them: the caller's own first, each path once. */
  paths: string[]
}

/** Which namespaces listNamespaces() returns; what both ask for has to hold. */
export interface NamespaceFilter {
  /** Default: all eight. */
  readonly types?: readonly NamespaceType[] | undefined
  /** Only those that this process is in. */
  readonly pid?: number | undefined
}
