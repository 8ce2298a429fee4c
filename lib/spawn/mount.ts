/** The public shapes of `mounts`. What is refused, in lib/plan/validate-mounts.ts. */

import type { IdMapInput } from './options.js'

/**
 * One entry of the view of files. `destination` is absolute and is resolved inside the new root: no link there
 * leads out of it. Where it is missing, it is made only in `root: 'empty'` and below a 'tmpfs' or 'dev' that stands
 * earlier in the list; else it must be there.
 */
export type Mount = BindMount | TmpfsMount | KernelMount | DevMount | OverlayMount | SymlinkMount | FileMount

/** A file, a directory or a socket of the caller's view (open_tree(2), move_mount(2), Linux 5.2). */
export interface BindMount {
  /** A bind mount: mount(8), --bind. */
  readonly type: 'bind'
  /** Relative to the caller's working directory. May lie where another mount of the list will be. */
  readonly source: string
  /** Where: an absolute path inside. */
  readonly destination: string
  /** With all submounts (mount_setattr(2), Linux 5.12; before that, a source that has some is ENOSYS). Default false. */
  readonly readonly?: boolean | undefined
  /** With what is mounted below the source. Default true; false is EINVAL in a user namespace where something is. */
  readonly recursive?: boolean | undefined
  /** Nothing in it can be executed; submounts included, besides what the source forbids. Default false. */
  readonly noexec?: boolean | undefined
  /** Set-user-ID bits and file capabilities in it count for nothing; likewise. Default false. */
  readonly nosuid?: boolean | undefined
  /** Device files in it cannot be opened; likewise. Default false. */
  readonly nodev?: boolean | undefined
  /**
   * An idmapped mount (Linux 5.12; of a tmpfs 6.3): containerID is the id on disk, hostID the one that it appears as on
   * the host, as in OCI. With the maps of the user namespace, ids on disk are ids inside. Requires CAP_SYS_ADMIN in the
   * user namespace of the file system: EPERM at the step open-source without.
   */
  readonly idMap?:
    | {
        /** For owners. */
        readonly uid: IdMapInput
        /** For groups. */
        readonly gid: IdMapInput
      }
    | undefined
}

/** An empty file system in memory (tmpfs(5)), nosuid and nodev. */
export interface TmpfsMount {
  /** A tmpfs. */
  readonly type: 'tmpfs'
  /** Where: an absolute path inside. */
  readonly destination: string
  /** In bytes, rounded up to pages. Default: the kernel's, half of the memory. */
  readonly size?: number | undefined
  /** Of its top directory. Default 0o1777. */
  readonly mode?: number | undefined
  /** Nothing can be made in it, not even mount points of the list. Default false. */
  readonly readonly?: boolean | undefined
  /** Nothing in it can be executed. Default false. */
  readonly noexec?: boolean | undefined
}

/**
 * File systems of the kernel, each nosuid and noexec, all but devpts nodev. They show an own namespace, which must be
 * unshared or joined: proc 'pid', sysfs 'net', mqueue 'ipc', cgroup2 'cgroup'. A devpts is a new instance.
 */
export interface KernelMount {
  /** Which one. */
  readonly type: 'proc' | 'sysfs' | 'mqueue' | 'devpts' | 'cgroup2'
  /** Where: an absolute path inside. */
  readonly destination: string
  /** Nothing can be written through it. Default false. */
  readonly readonly?: boolean | undefined
}

/** A minimal /dev: null, zero, full, random, urandom, tty, pts, ptmx, shm, fd, stdin, stdout, stderr. */
export interface DevMount {
  /** A minimal /dev. */
  readonly type: 'dev'
  /** Where: an absolute path inside. */
  readonly destination: string
}

/**
 * Layers over each other (Documentation/filesystems/overlayfs.rst); paths are the caller's. Linux 5.11 in a user
 * namespace, where the marks in `upper` are user.* attributes.
 */
export interface OverlayMount {
  /** An overlay. */
  readonly type: 'overlay'
  /** Where: an absolute path inside. */
  readonly destination: string
  /** The uppermost first. At least two where there is no `upper`. */
  readonly lower: readonly string[]
  /** Takes what is written. Without it and `work`, read-only. */
  readonly upper?: string | undefined
  /** An empty directory on the file system of `upper`. */
  readonly work?: string | undefined
}

/** A symbolic link, in root: 'empty' or in a 'tmpfs' or 'dev' of the list. */
export interface SymlinkMount {
  /** A symbolic link. */
  readonly type: 'symlink'
  /** What it says; nothing has to be there. */
  readonly target: string
  /** Where: an absolute path inside. */
  readonly destination: string
}

/** A file with content: made where that is allowed, else mounted over the file that is there. */
export interface FileMount {
  /** A file. */
  readonly type: 'file'
  /** Where: an absolute path inside. */
  readonly destination: string
  /** At most 8 MiB in all of a list. */
  readonly content: string | Uint8Array
  /** Permissions, whatever the umask. Default 0o644. */
  readonly mode?: number | undefined
}
