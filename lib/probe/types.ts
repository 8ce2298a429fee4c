/** The public shapes of probing (probe, probeProgram, diagnose), and what its pure parts hand each other. */

import type { IdMapping, IdRange } from '../ids/index.js'
import type { SetupStep } from '../plan/steps.js'
import type { IdMapInput } from '../spawn/options.js'
import type { NamespaceType } from '../tables/namespaces.js'

export interface ProbeOptions {
  /** What the caller needs at the same time. Default ['user']. */
  readonly namespaces?: readonly NamespaceType[] | undefined
  /** Default 'root'. */
  readonly uidMap?: IdMapInput | undefined
  readonly gidMap?: IdMapInput | undefined
  /**
   * Exercises what a sandbox does next: mount private /proc, bring loopback up, set the hostname. Default:
   * each that the asked namespaces make possible.
   */
  readonly use?: ReadonlyArray<ProbeUse> | undefined
  /** Milliseconds. Default 5000. The probe's whole process tree is gone when it is over. */
  readonly timeout?: number | undefined
}

export interface ProbeProgramOptions {
  /** Milliseconds. Default 5000. */
  readonly timeout?: number | undefined
  /** Default: this process's, with LC_ALL=C, as its messages are read. */
  readonly env?: NodeJS.ProcessEnv | undefined
}

export interface DiagnoseOptions {
  /** Commands for probeProgram(). */
  readonly programs?: ReadonlyArray<readonly string[]> | undefined
  /** Milliseconds, of each probe. Default 5000. */
  readonly timeout?: number | undefined
}

export type ProbeUse = 'proc' | 'loopback' | 'mount' | 'hostname'

export type ProbeResult = ProbeSuccess | ProbeDenial

export interface ProbeSuccess {
  ok: true
  namespaces: NamespaceType[]
  command: string
  durationMs: number
}

export interface ProbeDenial {
  ok: false
  namespaces: NamespaceType[]
  /** The namespace whose step failed: 'user' for map writing, 'net' for loopback, 'mnt' for mounts. */
  kind: NamespaceType
  step: SetupStep
  /** 'EPERM', … or what ended the step where it was no errno: 'SIGSYS', 'ETIMEDOUT'. */
  code: string
  /** Negative, as Node's; 0 where there was none. */
  errno: number
  syscall: string
  /** The kernel's words, as a person would see them from unshare. */
  reason: string
  /** What a person can run to see it again: "unshare --user --map-root-user --net true". */
  command: string
  cause: DenialCause
  /** 'certain' only where a policy that was read explains this very failure. */
  confidence: Confidence
  evidence: Evidence[]
  /** Least privilege first; host-wide switches last, with what they cost. */
  remedies: Remedy[]
  /** What users will have seen from other tools: "bwrap: setting up uid map: Permission denied". */
  symptoms: string[]
  durationMs: number
}

export type Confidence = 'certain' | 'likely' | 'unknown'

export type DenialCause =
  | 'apparmor'
  | 'selinux'
  | 'seccomp'
  | 'sysctl-unprivileged-userns'
  | 'namespace-limit'
  | 'nesting-limit'
  | 'chroot'
  | 'unmapped-ids'
  | 'missing-capability'
  | 'setgroups'
  | 'subids'
  | 'masked-proc'
  | 'no-new-privileges'
  | 'kernel-config'
  | 'program-missing'
  | 'timeout'
  | 'unsupported-platform'
  | 'unknown'

export interface Evidence {
  /** The file, the option or the call that says it. */
  source: string
  value: string
}

export interface Remedy {
  /** What has to change: how one process is started, a service or a container, the whole host. */
  scope: 'process' | 'service' | 'host'
  title: string
  /** Run in order, after `file` is written. */
  commands: string[]
  file?: { path: string; content: string }
  /** What it costs. */
  tradeoff?: string
}

export interface HostReport {
  /** As uname -r. */
  kernel: string
  /** Active security modules; empty where securityfs is not mounted. */
  lsm: string[]
  /** What AppArmor or SELinux has this process confined by. */
  confinement: string | undefined
  results: ProbeResult[]
  /** /proc/sys/user/max_*_namespaces, of this user namespace. */
  limits: Partial<Record<NamespaceType, number>>
  /** Of the caller, in /etc/subuid and /etc/subgid. */
  subids: { uid: IdRange[]; gid: IdRange[] }
  /** Paths of the helpers that are there. */
  helpers: { newuidmap?: string; newgidmap?: string }
  noNewPrivs: boolean
  /** Its mode, and how many filters are in force: "2 (filter, 1 in force)". */
  seccomp: string
  /** User namespaces above this one: 0, or undefined where the kernel does not tell. */
  nestingDepth: number | undefined
}

/** What was refused: all that a diagnosis has besides the host's facts. */
export interface FailedStep {
  readonly step: SetupStep
  /** 'EPERM', …, 'SIGSYS' for a set-up that a filter killed, 'ETIMEDOUT' for one without an answer. */
  readonly code: string
  readonly syscall: string
  readonly namespaces: readonly NamespaceType[]
  /** The maps that were to be written. */
  readonly maps?: RequestedMaps | undefined
  /** newuidmap or newgidmap was to write the map. */
  readonly mapper?: boolean | undefined
  /** What the helper, or the program, said. */
  readonly text?: string | undefined
  /** Another program's own sandbox was tried: the path of that program. */
  readonly program?: string | undefined
  /** The user namespace was asked for together with others, in one call, as bwrap does. */
  readonly together?: boolean | undefined
}

export interface RequestedMaps {
  readonly uid: readonly IdMapping[]
  readonly gid: readonly IdMapping[]
  readonly setgroups: 'allow' | 'deny'
}

export interface Diagnosis {
  readonly cause: DenialCause
  readonly confidence: Confidence
  readonly evidence: Evidence[]
  readonly symptoms: string[]
}
