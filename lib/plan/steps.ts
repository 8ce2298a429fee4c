import type { NamespaceType } from '../tables/namespaces.js'

/**
 * File systems that a plan mounts.
 * @inline
 */
export type MountedType = 'proc' | 'tmpfs' | 'sysfs' | 'mqueue' | 'devpts' | 'cgroup2' | 'overlay'

/** What a SetupError names as its step, and what `explain()` lists. A closed set. */
export type SetupStep =
  | 'launch'
  | 'open-null'
  | 'open-proc'
  | `join-${NamespaceType}`
  | 'start-helper'
  | `create-${NamespaceType}`
  | 'write-setgroups'
  | 'write-uid-map'
  | 'write-gid-map'
  | 'write-time-offsets'
  | 'set-groups'
  | 'become-root'
  | 'set-gid'
  | 'set-uid'
  | 'set-hostname'
  | 'set-domainname'
  | 'add-loopback-address'
  | 'bring-up-loopback'
  | 'create-veth'
  | 'set-link'
  | 'add-address'
  | 'apply-firewall'
  | 'set-propagation'
  | 'create-id-mapping'
  | 'new-root'
  | 'open-source'
  | 'bind-mount'
  | `mount-${MountedType}`
  | 'make-directory'
  | 'make-symlink'
  | 'write-file'
  | 'mask-path'
  | 'make-readonly'
  | 'pivot-root'
  | 'set-login-uid'
  | 'enter-cgroup'
  | 'new-keyring'
  | 'set-limits'
  | 'drop-bounding'
  | 'keep-capabilities'
  | 'set-capabilities'
  | 'no-new-privileges'
  | 'seccomp'
  | 'fork'
  | 'start-init'
  | 'new-session'
  | 'change-directory'
  | 'move-descriptors'
  | 'die-with-parent'
  | 'hold'
  | 'open-namespace'
  | 'bind-namespace'
  | 'leave'
  | 'exec'

/** One entry of a plan: data, before it becomes bytes. The fields follow native/plan/format.h. */
export type PlanStep =
  | { op: 'OpenNull' }
  | { op: 'OpenProc' }
  | { op: 'JoinFd'; fd: number; type: NamespaceType; target: string }
  | { op: 'JoinPid'; pid: number; types: readonly NamespaceType[] }
  | { op: 'StartHelper' }
  | { op: 'Unshare'; types: readonly NamespaceType[] }
  | { op: 'WriteProcFile'; file: ProcFile; content: string; byHelper: boolean }
  | { op: 'RunMapper'; kind: 'uid' | 'gid'; candidates: readonly string[]; triples: readonly string[] }
  | { op: 'SetGroups'; groups: readonly number[]; ifAllowed: boolean }
  | { op: 'BecomeRoot'; overflowUid: number; overflowGid: number }
  | { op: 'SetGid'; gid: number }
  | { op: 'SetUid'; uid: number }
  | { op: 'SetHostname'; name: string }
  | { op: 'SetDomainname'; name: string }
  | { op: 'LoopbackUp' }
  | {
      op: 'Mount'
      step: MountStep
      source: string
      target: string
      fstype: string
      options: string
      flags: number
    }
  | { op: 'Fork'; shareMemory: boolean }
  | { op: 'StartInit'; shareMemory: boolean }
  | { op: 'NewSession' }
  | { op: 'ChangeDirectory'; path: string }
  | { op: 'Descriptors'; pairs: ReadonlyArray<readonly [target: number, source: number]> }
  | { op: 'DieWithParent' }
  | { op: 'Hold' }
  | { op: 'Leave' }
  | {
      op: 'Exec'
      candidates: readonly string[]
      argv: readonly string[]
      environment: readonly string[] | undefined
    }
  | {
      op: 'Netlink'
      step: NetlinkStep
      message: Uint8Array
      /** The link whose index goes into the message. */
      link: string | undefined
      mayExist: boolean
      target: string
      detail: string
    }
  | { op: 'PivotRoot' }
  /** `source`: the tmpfs's options, or the directory. */
  | { op: 'NewRoot'; kind: 'tmpfs' | 'directory'; source: string }
  | {
      op: 'OpenTree'
      slot: number
      source: string
      recursive: boolean
      idmapped: boolean
      attributes: number
    }
  | {
      op: 'AttachTree'
      slot: number
      source: string
      destination: string
      mayCreate: boolean
      detail: string
    }
  | {
      op: 'MountAt'
      step: MountStep
      source: string
      target: string
      fstype: string
      options: string
      flags: number
      mayCreate: boolean
    }
  | {
      op: 'SetAttributes'
      destination: string
      attributes: number
      recursive: boolean
      bindSelf: boolean
      ifPresent: boolean
    }
  | { op: 'MaskPath'; destination: string }
  | { op: 'MakeDirectory'; destination: string; mode: number }
  | { op: 'MakeSymlink'; target: string; destination: string }
  | { op: 'WriteFile'; destination: string; content: Uint8Array; mode: number; mayCreate: boolean }
  | { op: 'MakeUserNamespace'; uid: string; gid: string }
  /** `obstacle`: why it will not be set. */
  | { op: 'SetLoginUid'; uid: number; obstacle: string | undefined }
  | { op: 'EnterCgroup'; path: string }
  | { op: 'NewKeyring' }
  /** `hardOnly`: hard limits that are lower are raised, and no more. */
  | { op: 'SetLimits'; limits: readonly ResourceLimit[]; hardOnly: boolean }
  | { op: 'DropBounding'; keep: bigint }
  | { op: 'KeepCapabilities' }
  | ({ op: 'SetCapabilities' } & CapabilityMasks)
  | { op: 'NoNewPrivileges' }
  | { op: 'Seccomp'; program: Uint8Array; flags: number }

/** One resource of setrlimit(2). */
export interface ResourceLimit {
  readonly name: string
  readonly resource: number
  readonly soft: bigint
  readonly hard: bigint
}

/** Bit N is capability N. */
export interface CapabilityMasks {
  readonly permitted: bigint
  readonly effective: bigint
  readonly inheritable: bigint
  readonly ambient: bigint
}

export type NetlinkStep = Extract<
  SetupStep,
  'add-loopback-address' | 'create-veth' | 'set-link' | 'add-address'
>

export type MountStep = Extract<SetupStep, 'set-propagation' | `mount-${MountedType}`>

/** Files of /proc/PID that a plan writes, and the step that each write is. */
export const PROC_FILES = {
  setgroups: 'write-setgroups',
  uid_map: 'write-uid-map',
  gid_map: 'write-gid-map',
  timens_offsets: 'write-time-offsets',
} as const satisfies Record<string, SetupStep>
export type ProcFile = keyof typeof PROC_FILES

export interface Plan {
  readonly steps: readonly PlanStep[]
  /** The stage leaves when Node dies. */
  readonly followsParent: boolean
}
