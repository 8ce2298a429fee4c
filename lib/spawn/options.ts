/** The public shapes of spawn's options. What each means stands here; what is refused, in validate.ts. */

import type { Stream } from 'node:stream'
import type { IdMap, IdMapping } from '../ids/index.js'
import type { Namespace } from '../namespaces/namespace.js'
import type { NamespaceType } from '../tables/namespaces.js'

/**
 * - `IdMap` or OCI mappings: written as they are; by the helper newuidmap/newgidmap where the caller lacks
 *   CAP_SETUID/CAP_SETGID.
 * - `'root'`: the caller's own id becomes 0. The default when 'user' is unshared.
 * - `'self'`: the caller's own id keeps its number.
 * - `'subids'`: 0 is the caller, 1… its subordinate ids (subuid(5)), through newuidmap/newgidmap.
 */
export type IdMapInput = IdMap | readonly IdMapping[] | 'root' | 'self' | 'subids'

export type StdioEntry = 'pipe' | 'inherit' | 'ignore' | number | null | undefined | Stream
/** As child_process's: index is the descriptor in the child. */
export type StdioOptions = 'pipe' | 'inherit' | 'ignore' | readonly StdioEntry[]

/** Namespaces to enter: a handle, or a process whose namespaces of these types to enter (pidfd and setns(2), Linux 5.8). */
export type JoinTarget = Namespace | { readonly pid: number; readonly types: readonly NamespaceType[] }

/** A superset of node:child_process's SpawnOptions: what that has, means the same here. */
export interface SpawnOptions {
  /** argv[0] of the command. Default: the command. */
  readonly argv0?: string | undefined
  /** Working directory, resolved inside the new mount namespace. Default: the caller's. */
  readonly cwd?: string | URL | undefined
  /** Default: process.env. PATH is looked up in it. */
  readonly env?: NodeJS.ProcessEnv | undefined
  /** Default 'pipe'. */
  readonly stdio?: StdioOptions | undefined
  /** A new session, which outlives this process: dieWithParent is then false by default. Default false. */
  readonly detached?: boolean | undefined

  /** Ids inside the new user namespace (or of this one, where none is unshared). Default: the mapped own id, else 0. */
  readonly uid?: number | undefined
  readonly gid?: number | undefined
  /** Supplementary groups. Needs setgroups(2) to be allowed: not in a map written without privilege (user_namespaces(7)). */
  readonly groups?: readonly number[] | undefined

  /** Kills the command when aborted; 'error' then carries an AbortError. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds after which the command gets `killSignal`. Default: none. */
  readonly timeout?: number | undefined
  /** For `timeout` and `signal`. Default 'SIGTERM'. */
  readonly killSignal?: NodeJS.Signals | number | undefined

  /** New namespaces for the command (unshare(2)). Default: none. */
  readonly unshare?: readonly NamespaceType[] | undefined
  /** Existing namespaces, entered before anything is unshared (setns(2)). */
  readonly join?: readonly JoinTarget[] | undefined
  /** Require unshare: 'user'. Default 'root'. */
  readonly uidMap?: IdMapInput | undefined
  readonly gidMap?: IdMapInput | undefined
  /**
   * Whether the new user namespace may call setgroups(2). Default: 'deny' where the map is written without
   * privilege (the kernel demands it, user_namespaces(7)), else 'allow'.
   */
  readonly setgroups?: 'allow' | 'deny' | undefined
  /** At most 64 bytes. Require unshare: 'uts'. */
  readonly hostname?: string | undefined
  readonly domainname?: string | undefined
  /** Milliseconds added to the clocks (time_namespaces(7)). Requires unshare: 'time'. */
  readonly timeOffsets?: { readonly monotonic?: number; readonly boottime?: number } | undefined

  /** The caller's mount tree, with private propagation where 'mnt' is unshared. The one value so far. */
  readonly root?: 'host' | undefined
  /** A fresh /proc. Default true where 'pid' and 'mnt' are both unshared, else false. */
  readonly proc?: boolean | undefined
  /** Bring lo up. Default true where 'net' is unshared, else false. */
  readonly loopback?: boolean | undefined

  /** A small PID 1 that forwards signals and reaps orphans. Requires and defaults to unshare: 'pid'. */
  readonly init?: boolean | undefined
  /**
   * The whole tree dies with this process, however that dies. Default: true unless detached. Without an init it is the
   * kernel's parent-death signal, which a setuid or file-capability command clears (prctl(2)).
   */
  readonly dieWithParent?: boolean | undefined
  /** Extra descriptors: child fd → parent fd. Nothing else that the parent has open reaches the command. */
  readonly fds?: Readonly<Record<number, number>> | undefined
  /** A name for logs; `process.name` has it. */
  readonly name?: string | undefined
}
