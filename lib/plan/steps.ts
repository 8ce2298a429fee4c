import type { NamespaceType } from '../tables/namespaces.js'

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
  | 'bring-up-loopback'
  | 'set-propagation'
  | 'mount-proc'
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

export type MountStep = Extract<SetupStep, 'set-propagation' | 'mount-proc'>

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
