/** The public shapes of probing (probe, probeProgram, diagnose), and what its pure parts hand each other. */

import type { IdMapping, IdRange } from '../ids/index.js'
import type { SetupStep } from '../plan/steps.js'
import type { IdMapInput } from '../spawn/options.js'
import type { NamespaceType } from '../tables/namespaces.js'

/** Options of probe() and probeSync(): what to try. */
export interface ProbeOptions {
  /** The namespaces that are needed at the same time. Default ['user']. */
  readonly namespaces?: readonly NamespaceType[] | undefined
  /** As of spawn(). Default 'root'. */
  readonly uidMap?: IdMapInput | undefined
  /** As of spawn(). Default 'root'. */
  readonly gidMap?: IdMapInput | undefined
  /**
   * Exercises what a sandbox does next: mount private /proc, bring loopback up, set the hostname. Default:
   * each that the asked namespaces make possible.
   */
  readonly use?: ReadonlyArray<ProbeUse> | undefined
  /** Milliseconds. Default 5000. The probe's whole process tree is gone when it is over. */
  readonly timeout?: number | undefined
}

/** Options of probeProgram(). */
export interface ProbeProgramOptions {
  /** Milliseconds. Default 5000. */
  readonly timeout?: number | undefined
  /** The program's environment. Default: this process's, with LC_ALL=C, as its messages are read. */
  readonly env?: NodeJS.ProcessEnv | undefined
}

/** Options of diagnose(). */
export interface DiagnoseOptions {
  /** Commands for probeProgram(). */
  readonly programs?: ReadonlyArray<readonly string[]> | undefined
  /** Milliseconds for each probe. Default 5000. */
  readonly timeout?: number | undefined
}

/** What a sandbox does with its namespaces: a fresh /proc, lo up, a tmpfs as the new root, a host name. */
export type ProbeUse = 'proc' | 'loopback' | 'mount' | 'hostname'

/** What a host answers; `ok` tells which. */
export type ProbeResult = ProbeSuccess | ProbeDenial

/** Everything that was asked for works. */
export interface ProbeSuccess {
  /** Granted. */
  ok: true
  /** What was asked for. */
  namespaces: NamespaceType[]
  /** The same by hand: "unshare --user --map-root-user --net true". */
  command: string
  /** Milliseconds. */
  durationMs: number
}

/** The first step that was refused, why, and what to do. */
export interface ProbeDenial {
  /** Refused. */
  ok: false
  /** What was asked for. */
  namespaces: NamespaceType[]
  /** The namespace whose step failed: 'user' for map writing, 'net' for loopback, 'mnt' for mounts. */
  kind: NamespaceType
  /** As a SetupError of spawn() would name it. */
  step: SetupStep
  /** 'EPERM', … or what ended the step where it was no errno: 'SIGSYS', 'ETIMEDOUT'. */
  code: string
  /** Negative, as Node's; 0 where there was none. */
  errno: number
  /** The system call that was refused: 'unshare', 'write', … */
  syscall: string
  /** The kernel's words, as a person would see them from unshare. */
  reason: string
  /** What a person can run to see it again: "unshare --user --map-root-user --net true". */
  command: string
  /** The policy that refuses it. */
  cause: DenialCause
  /** 'certain' only where a policy that was read explains this very failure. */
  confidence: Confidence
  /** What speaks for that cause, and against others. */
  evidence: Evidence[]
  /** Least privilege first; host-wide switches last, with what they cost. */
  remedies: Remedy[]
  /** What users will have seen from other tools: "bwrap: setting up uid map: Permission denied". */
  symptoms: string[]
  /** Milliseconds. */
  durationMs: number
}

/** 'likely': facts point to it, but another policy could refuse the same. 'unknown': nothing does. */
export type Confidence = 'certain' | 'likely' | 'unknown'

/** Who refuses. A closed set: docs/doctor.md has what each one is about. */
export type DenialCause =
  | 'apparmor'
  | 'selinux'
  | 'seccomp'
  | 'sysctl-unprivileged-userns'
  | 'namespace-limit'
  | 'nesting-limit'
  | 'chroot'
  | 'initramfs'
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

/** A fact of the host that a diagnosis rests on. */
export interface Evidence {
  /** The file, the option or the call that says it. */
  source: string
  /** What it says. */
  value: string
}

/** One way to have it allowed. */
export interface Remedy {
  /** What has to change: how one process is started, a service or a container, the whole host. */
  scope: 'process' | 'service' | 'host'
  /** One line: what is done. */
  title: string
  /** Run in order, after `file` is written. */
  commands: string[]
  /** To be written first, where one is needed. */
  file?: {
    /** Absolute. */
    path: string
    /** All of it. */
    content: string
  }
  /** What it costs. */
  tradeoff?: string
}

/** What a host allows, and what decides about it. */
export interface HostReport {
  /** As uname -r. */
  kernel: string
  /** Active security modules; empty where securityfs is not mounted. */
  lsm: string[]
  /** What AppArmor or SELinux has this process confined by. */
  confinement: string | undefined
  /** Each thing that was tried, in the order that diagnose() has. */
  results: ProbeResult[]
  /** /proc/sys/user/max_*_namespaces, of this user namespace. */
  limits: Partial<Record<NamespaceType, number>>
  /** Of the caller, in /etc/subuid and /etc/subgid. */
  subids: {
    /** Of /etc/subuid. */
    uid: IdRange[]
    /** Of /etc/subgid. */
    gid: IdRange[]
  }
  /** Paths of the helpers that are there. */
  helpers: {
    /** Missing where it is not in PATH. */
    newuidmap?: string
    /** Missing where it is not in PATH. */
    newgidmap?: string
  }
  /** Whether no exec gives this process privileges: newuidmap then fails (prctl(2), PR_SET_NO_NEW_PRIVS). */
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
