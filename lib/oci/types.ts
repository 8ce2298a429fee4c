/** The part of an OCI runtime configuration that `toOciSpec` writes (runtime-spec, config.md and config-linux.md). */

import type { OciSeccomp } from '../seccomp/index.js'

/** What no number holds exactly, 64-bit limits and values above 2^53, is a bigint: `formatOciSpec` writes both. */
export type OciInteger = number | bigint

/** config.json. */
export interface OciSpec {
  /** Of the specification: '1.x.y'. */
  ociVersion: string
  /** The command. */
  process: OciProcess
  /** What becomes /. */
  root: {
    /** A directory, relative to the bundle. */
    path: string
    /** Made read-only. */
    readonly: boolean
  }
  /** As of spawn(). */
  hostname?: string
  /** As of spawn(). */
  domainname?: string
  /** In the order in which they are mounted. */
  mounts: OciMount[]
  /** All that is of Linux. */
  linux: OciLinux
  /** For who reads them; nskit's own begin with 'io.nskit.'. */
  annotations?: Record<string, string>
}

/** `process`: the command and what it may do. */
export interface OciProcess {
  /** Its streams are those of the runtime. */
  terminal: false
  /** Whom it runs as, inside. */
  user: OciUser
  /** argv, argv[0] included. */
  args: string[]
  /** 'NAME=value'. */
  env: string[]
  /** Absolute, inside. */
  cwd: string
  /** What it has. */
  capabilities: OciCapabilities
  /** Limits of setrlimit(2). */
  rlimits?: OciRlimit[]
  /** An execve gives it nothing more (prctl(2)). */
  noNewPrivileges: boolean
}

/** `process.user`. */
export interface OciUser {
  /** Inside. */
  uid: number
  /** Inside. */
  gid: number
  /** Of files that it makes. */
  umask: number
  /** Supplementary groups. */
  additionalGids?: number[]
}

/** The five sets of capabilities(7). */
export interface OciCapabilities {
  /** What an execve may add at most. */
  bounding: string[]
  /** What the kernel looks at. */
  effective: string[]
  /** What may become effective. */
  permitted: string[]
  /** Kept over an execve of a file that has it as inheritable. */
  inheritable: string[]
  /** Kept over an execve of any file. */
  ambient: string[]
}

/** One of `process.rlimits`. */
export interface OciRlimit {
  /** 'RLIMIT_NOFILE', … */
  type: string
  /** What is in force. */
  soft: OciInteger
  /** How far the process may raise it. */
  hard: OciInteger
}

/** One of `mounts`. */
export interface OciMount {
  /** Absolute, inside. */
  destination: string
  /** 'bind', or a file system: 'proc', 'tmpfs', … */
  type: string
  /** A path of the host, relative to the bundle, or a name that says nothing. */
  source: string
  /** As of mount(8): 'ro', 'nosuid', 'rbind', 'size=65536k'. */
  options: string[]
  /** Of an idmapped mount: containerID is the id on disk. */
  uidMappings?: OciIdMapping[]
  /** The same for groups. */
  gidMappings?: OciIdMapping[]
}

/** An extent of a map. */
export interface OciIdMapping {
  /** The first id inside. */
  containerID: number
  /** The first id outside. */
  hostID: number
  /** How many in a row. */
  size: number
}

/** The specification's names: 'mount' is 'mnt', 'network' is 'net'. */
export type OciNamespaceType = 'user' | 'pid' | 'mount' | 'network' | 'ipc' | 'uts' | 'cgroup' | 'time'

/** One of `linux.namespaces`. */
export interface OciNamespace {
  /** Which one. */
  type: OciNamespaceType
  /** To join one that there is. */
  path?: string
}

/** What is added to a clock. */
export interface OciTimeOffset {
  /** Whole seconds. */
  secs: number
  /** 0 to 999,999,999, added to them. */
  nanosecs: number
}

/** `linux`. */
export interface OciLinux {
  /** New ones, and those to join. */
  namespaces: OciNamespace[]
  /** uid_map of the new user namespace. */
  uidMappings?: OciIdMapping[]
  /** gid_map. */
  gidMappings?: OciIdMapping[]
  /** Of the new time namespace. */
  timeOffsets?: {
    /** CLOCK_MONOTONIC. */
    monotonic: OciTimeOffset
    /** CLOCK_BOOTTIME. */
    boottime: OciTimeOffset
  }
  /** Below the cgroup2 mount. */
  cgroupsPath?: string
  /** The filter of system calls. */
  seccomp?: OciSeccomp
  /** What becomes empty. */
  maskedPaths?: string[]
  /** What becomes read-only. */
  readonlyPaths?: string[]
}
