/** The public shapes of spawn's options. What each means stands here; what is refused, in validate.ts. */

import type { Stream } from 'node:stream'
import type { IdMap, IdMapping } from '../ids/index.js'
import type { Namespace } from '../namespaces/namespace.js'
import type { CapabilityName } from '../status/capabilities.js'
import type { NamespaceType } from '../tables/namespaces.js'
import type { Mount } from './mount.js'

/**
 * - `IdMap` or OCI mappings: written as they are; by the helper newuidmap/newgidmap where the caller lacks
 *   CAP_SETUID/CAP_SETGID.
 * - `'root'`: the caller's own id becomes 0. The default when 'user' is unshared.
 * - `'self'`: the caller's own id keeps its number.
 * - `'subids'`: 0 is the caller, 1… its subordinate ids (subuid(5)), through newuidmap/newgidmap.
 */
export type IdMapInput = IdMap | readonly IdMapping[] | 'root' | 'self' | 'subids'

/** What one descriptor of the child is: a pipe, the parent's, /dev/null, or what a descriptor or a stream refers to. */
export type StdioEntry = 'pipe' | 'inherit' | 'ignore' | number | null | undefined | Stream
/** As child_process's: index is the descriptor in the child. */
export type StdioOptions = 'pipe' | 'inherit' | 'ignore' | readonly StdioEntry[]

/** Namespaces to enter: a handle, or a process whose namespaces of these types to enter (pidfd and setns(2), Linux 5.8). */
export type JoinTarget =
  | Namespace
  | {
      /** As the caller's /proc numbers it. */
      readonly pid: number
      /** At least one. */
      readonly types: readonly NamespaceType[]
    }

/** Each set of capabilities(7) by itself. One that is left out is empty. */
export interface CapabilityChoice {
  /** What execve(2) can give at most; without noNewPrivileges it gives it to uid 0. */
  readonly bounding?: readonly CapabilityName[] | undefined
  /** At most `permitted`. */
  readonly effective?: readonly CapabilityName[] | undefined
  /** What can be made effective. */
  readonly permitted?: readonly CapabilityName[] | undefined
  /** What execve(2) gives together with the inheritable set of a file. */
  readonly inheritable?: readonly CapabilityName[] | undefined
  /** What execve(2) leaves to a uid other than 0. At most `permitted` and `inheritable`. */
  readonly ambient?: readonly CapabilityName[] | undefined
}

/** A superset of node:child_process's SpawnOptions: what that has, means the same here. */
export interface SpawnOptions {
  /** argv[0] of the command. Default: the command. */
  readonly argv0?: string | undefined
  /** Working directory, resolved inside the new mount namespace. Default: the caller's. */
  readonly cwd?: string | URL | undefined
  /** Default: process.env. PATH is looked up in it. */
  readonly env?: NodeJS.ProcessEnv | undefined
  /** What the command's descriptors 0, 1, 2, … are. Default 'pipe'. */
  readonly stdio?: StdioOptions | undefined
  /** A new session, which outlives this process: dieWithParent is then false by default. Default false. */
  readonly detached?: boolean | undefined

  /**
   * The user id to run as: an id inside the new or joined user namespace, or of the caller's where there is neither.
   * Default: the caller's id, as it is mapped there; 0 where it is not.
   */
  readonly uid?: number | undefined
  /** The group id to run as, likewise. */
  readonly gid?: number | undefined
  /** Supplementary groups. Needs setgroups(2) to be allowed: not in a map written without privilege (user_namespaces(7)). */
  readonly groups?: readonly number[] | undefined

  /** When aborted, the command gets `killSignal`, and 'error' carries an AbortError. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds after which the command gets `killSignal`. Default: none. */
  readonly timeout?: number | undefined
  /** What `timeout` and `signal` send. Default 'SIGTERM'. */
  readonly killSignal?: NodeJS.Signals | number | undefined

  /** New namespaces for the command (unshare(2)). Default: none. */
  readonly unshare?: readonly NamespaceType[] | undefined
  /** Existing namespaces, entered before anything is unshared (setns(2)). */
  readonly join?: readonly JoinTarget[] | undefined
  /** The user ids of the new user namespace. Requires unshare: 'user'. Default 'root'. */
  readonly uidMap?: IdMapInput | undefined
  /** The group ids of the new user namespace. Requires unshare: 'user'. Default 'root'. */
  readonly gidMap?: IdMapInput | undefined
  /**
   * Whether the new user namespace may call setgroups(2). Default: 'deny' where the map is written without
   * privilege (the kernel demands it, user_namespaces(7)), else 'allow'.
   */
  readonly setgroups?: 'allow' | 'deny' | undefined
  /** The host name. At most 64 bytes. Requires unshare: 'uts'. */
  readonly hostname?: string | undefined
  /** The NIS domain name. At most 64 bytes. Requires unshare: 'uts'. */
  readonly domainname?: string | undefined
  /** Milliseconds added to the clocks (time_namespaces(7)). Requires unshare: 'time'. */
  readonly timeOffsets?:
    | {
        /** Added to CLOCK_MONOTONIC. Default 0. */
        readonly monotonic?: number | undefined
        /** Added to CLOCK_BOOTTIME, and so to /proc/uptime. Default 0. */
        readonly boottime?: number | undefined
      }
    | undefined

  /**
   * What the command sees as /. Any but 'host' requires unshare: 'mnt'; the old root is then gone (pivot_root(2)), and
   * the working directory is / by default.
   * - `'host'`: the caller's mount tree, with private propagation where 'mnt' is unshared. The default.
   * - `'empty'`: a tmpfs that has what `mounts` puts there.
   * - a path with a '/' in it: that directory, with what is mounted below it. Mount points must be there already.
   */
  readonly root?: 'host' | 'empty' | (string & {}) | undefined
  /**
   * Makes the root read-only: in 'host' and in a directory with everything mounted there (mount_setattr(2), Linux 5.12),
   * but without what `mounts` and `proc` add. Requires unshare: 'mnt'. Default false.
   */
  readonly rootReadonly?: boolean | undefined
  /** What to mount, in this order. Requires unshare: 'mnt'. Default: nothing. */
  readonly mounts?: readonly Mount[] | undefined
  /**
   * What /proc shows.
   * - `true`: a fresh /proc, which requires unshare: 'pid' and 'mnt'. The default where both are there and no mount has
   *   that destination.
   * - `false`: none; in root 'host' the one that there was.
   * - `'host'`: the caller's /proc, with all it shows, for containers that refuse a fresh one (EPERM, proc(5)).
   */
  readonly proc?: boolean | 'host' | undefined
  /**
   * Files that become empty and directories that become empty and read-only. One that is absent is passed over.
   * Requires unshare: 'mnt'. Default: none.
   */
  readonly maskedPaths?: readonly string[] | undefined
  /** Made read-only with all submounts. One that is absent is passed over. Requires unshare: 'mnt'. Default: none. */
  readonly readonlyPaths?: readonly string[] | undefined
  /** Whether to bring lo up. Default true where 'net' is unshared, else false. */
  readonly loopback?: boolean | undefined

  /** A small PID 1 that forwards signals and reaps orphans. Requires and defaults to unshare: 'pid'. */
  readonly init?: boolean | undefined
  /**
   * The whole tree dies with this process, however that dies. Default: true unless detached. Without an init it is the
   * kernel's parent-death signal, which a setuid or file-capability command clears (prctl(2)).
   */
  readonly dieWithParent?: boolean | undefined

  /**
   * What the command may have of capabilities(7). 'keep', the default, changes nothing. 'none', or a list of names:
   * exactly these, in all five sets, for uid 0 as for others. Requires that the caller has them, or unshare: 'user'.
   * With an object of the five sets it is as in OCI's process.capabilities: they are what execve(2) begins with, which
   * gives uid 0 all of `bounding` unless noNewPrivileges holds, and others `ambient` alone.
   */
  readonly capabilities?: 'keep' | 'none' | readonly CapabilityName[] | CapabilityChoice | undefined
  /**
   * execve(2) grants nothing more: no setuid, no file capabilities (PR_SET_NO_NEW_PRIVS, prctl(2)). Default: true where
   * `seccomp`, or `capabilities` other than 'keep', is given, else false.
   */
  readonly noNewPrivileges?: boolean | undefined
  /**
   * Limits of setrlimit(2), by OCI's names ('RLIMIT_NOFILE') or prlimit(1)'s ('nofile'): a number for both, or
   * { soft, hard }; Infinity for none. Default: the caller's. Raising a hard one requires CAP_SYS_RESOURCE in the initial
   * user namespace.
   */
  readonly rlimits?:
    | Readonly<
        Record<
          string,
          | number
          | {
              /** What is in force. */
              readonly soft: number
              /** How far the command may raise it. */
              readonly hard: number
            }
        >
      >
    | undefined
  /**
   * A filter of system calls (seccomp(2)): a compiled program, struct sock_filter[], or an OCI linux.seccomp object
   * (OciSeccomp). Requires noNewPrivileges, or CAP_SYS_ADMIN. Default: none.
   */
  readonly seccomp?: Uint8Array | object | undefined
  /**
   * A directory of a cgroup v2 hierarchy (cgroups(7)), entered before everything else. Requires the right to write to
   * its cgroup.procs and to that of the common ancestor. Default: the caller's cgroup.
   */
  readonly cgroup?: string | undefined
  /**
   * 'new': an own session keyring (session-keyring(7)), so that the caller's keys are not the command's. It counts
   * against the user's quota, 200 keys by default (keyrings(7)). Default 'inherit'.
   */
  readonly sessionKeyring?: 'inherit' | 'new' | undefined
  /**
   * An audit session of its own for the command and all that it starts, by setting its loginuid to the caller's uid
   * (pam_loginuid(8), credentials(7)): every audit record of theirs then carries one `ses=`, which nothing inside can change.
   * It shows in `auditSession` of the process. It also changes `auid` in those records, and so which audit rules match.
   * Where loginuid is set already it takes CAP_AUDIT_CONTROL in the initial user namespace; where it cannot be set the
   * command runs without, and explain() tells why. Default false.
   */
  readonly auditSession?: boolean | undefined
  /** Extra descriptors: child fd → parent fd. Nothing else that the parent has open reaches the command. */
  readonly fds?: Readonly<Record<number, number>> | undefined
  /** A name for logs; `process.name` has it. */
  readonly name?: string | undefined
}
