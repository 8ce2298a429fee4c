/** What options become once they are checked and every default is filled in: the plan's only source. */

import type { Stream } from 'node:stream'
import type { IdMap } from '../ids/index.js'
import type { NamespaceType } from '../tables/namespaces.js'
import type { CapabilityMasks, ResourceLimit } from './steps.js'

export type MapChoice = IdMap | 'root' | 'self' | 'subids'

export type Join =
  | { readonly fd: number; readonly type: NamespaceType }
  | { readonly pid: number; readonly types: readonly NamespaceType[] }

/** What a plan needs to know of namespaces and ids. */
export interface NamespaceSettings {
  readonly unshare: ReadonlySet<NamespaceType>
  readonly join: readonly Join[]
  readonly uidMap: MapChoice
  readonly gidMap: MapChoice
  readonly setgroups: 'allow' | 'deny' | undefined
  readonly hostname: string | undefined
  readonly domainname: string | undefined
  readonly timeOffsets: { readonly monotonic: number; readonly boottime: number } | undefined
  readonly uid: number | undefined
  readonly gid: number | undefined
  readonly groups: readonly number[] | undefined
  readonly loopback: boolean
  readonly init: boolean
  readonly dieWithParent: boolean
}

/** What the command may do and use. */
export interface PrivilegeSettings {
  /** What the five sets will be. undefined: as they come. */
  readonly capabilities: (CapabilityMasks & { readonly bounding: bigint }) | undefined
  readonly noNewPrivileges: boolean
  readonly rlimits: readonly ResourceLimit[]
  readonly seccomp: { readonly program: Uint8Array; readonly flags: number } | undefined
  readonly cgroup: string | undefined
  readonly newKeyring: boolean
  readonly auditSession: boolean
}

/** A mount whose every default is filled in. `mayCreate`: its destination is made where it is missing. */
export type MountSettings =
  | BindSettings
  | {
      readonly type: FilesystemType
      readonly destination: string
      readonly options: string
      readonly flags: number
      readonly mayCreate: boolean
    }
  | { readonly type: 'dev'; readonly destination: string; readonly mayCreate: boolean }
  | {
      readonly type: 'overlay'
      readonly destination: string
      readonly options: string
      readonly mayCreate: boolean
    }
  | { readonly type: 'symlink'; readonly destination: string; readonly target: string }
  | {
      readonly type: 'file'
      readonly destination: string
      readonly content: Uint8Array
      readonly mode: number
      readonly mayCreate: boolean
    }

export type FilesystemType = 'tmpfs' | 'proc' | 'sysfs' | 'mqueue' | 'devpts' | 'cgroup2'

export interface BindSettings {
  readonly type: 'bind'
  readonly source: string
  readonly destination: string
  readonly recursive: boolean
  /** MOUNT_ATTR_*. */
  readonly attributes: number
  readonly idMap: { readonly uid: MapChoice; readonly gid: MapChoice } | undefined
  readonly mayCreate: boolean
}

/** The view of files that the command gets. */
export interface FilesystemSettings {
  readonly root:
    | { readonly kind: 'host' }
    | { readonly kind: 'tmpfs' }
    | { readonly kind: 'directory'; readonly path: string }
  readonly rootReadonly: boolean
  readonly mounts: readonly MountSettings[]
  readonly proc: 'fresh' | 'host' | 'none'
  readonly maskedPaths: readonly string[]
  readonly readonlyPaths: readonly string[]
}

export interface CommandSettings {
  readonly file: string
  /** argv, its first entry included. */
  readonly argv: readonly string[]
  readonly cwd: string | undefined
  /** undefined: this process's own. */
  readonly env: NodeJS.ProcessEnv | undefined
  readonly detached: boolean
}

export type StdioSpec =
  | 'pipe'
  | 'ignore'
  | { readonly fd: number }
  | { readonly stream: Stream; readonly fd: number }

export interface ProcessSettings {
  readonly stdio: readonly StdioSpec[]
  readonly fds: ReadonlyArray<readonly [target: number, source: number]>
  readonly signal: AbortSignal | undefined
  readonly timeout: number
  readonly killSignal: number
  readonly name: string | undefined
}

export interface Settings {
  readonly namespaces: NamespaceSettings
  readonly filesystem: FilesystemSettings
  readonly privileges: PrivilegeSettings
  readonly command: CommandSettings
  readonly process: ProcessSettings
}
