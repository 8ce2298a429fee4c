/** /proc/PID/status, typed (proc_pid_status(5)). */

import type { CapabilityName } from './capabilities.js'

export interface IdQuad {
  real: number
  effective: number
  saved: number
  filesystem: number
}

/** Never translated: all capabilities in a user namespace do not make a process privileged outside it. */
export interface CapabilitySets {
  inheritable: ReadonlySet<CapabilityName>
  permitted: ReadonlySet<CapabilityName>
  effective: ReadonlySet<CapabilityName>
  bounding: ReadonlySet<CapabilityName>
  ambient: ReadonlySet<CapabilityName>
}

/** Sets of signals: bit N - 1 stands for signal N. */
export interface SignalSets {
  /** Signals queued for the process's real user id, and RLIMIT_SIGPENDING, rounded to a double. */
  queued: number
  queueLimit: number
  /** Of the thread. */
  pending: bigint
  /** Of the whole process. */
  sharedPending: bigint
  blocked: bigint
  ignored: bigint
  caught: bigint
}

/**
 * A field that this kernel lacks is undefined. Ids are as the user namespace that
 * opened the file sees them: a process in a namespace that maps 1000 to 101000
 * reads 1000 about itself, its host 101000, and who cannot map it reads the
 * overflow id (65534), which also is an id of its own right.
 */
export interface ProcessStatus {
  /** As the process named itself, one character a byte: `Buffer.from(name, 'latin1')` has them. */
  name: string
  umask?: number | undefined
  /** The letter: R, S, D, T, t, Z, X, I, … */
  state: string
  /** The process; `pid` is the thread's own number, the same for its first thread. */
  tgid: number
  /** NUMA group, 0 for none. */
  ngid?: number | undefined
  pid: number
  ppid: number
  /** 0 for none. */
  tracerPid: number
  uid: IdQuad
  gid: IdQuad
  groups: number[]
  fdSize: number
  /** Outermost first, from the pid namespace that /proc belongs to; all four. */
  nsTgid?: number[] | undefined
  nsPid?: number[] | undefined
  nsPgid?: number[] | undefined
  nsSid?: number[] | undefined
  /** Linux 6.11. */
  kernelThread?: boolean | undefined
  threads: number
  /** VmPeak… RssShmem, in KiB, keyed by the kernel's names; empty for kernel threads and zombies. */
  memory: Readonly<Record<string, number>>
  signals: SignalSets
  capabilities: CapabilitySets
  noNewPrivs?: boolean | undefined
  seccomp?: 'disabled' | 'strict' | 'filter' | undefined
  seccompFilters?: number | undefined
  coreDumping?: boolean | undefined
  thpEnabled?: boolean | undefined
  /** Bits of an address that count, where the machine can ignore some (x86 LAM, arm64 TBI). */
  untagMask?: bigint | undefined
  /** "thread vulnerable", "not vulnerable", … */
  speculationStoreBypass?: string | undefined
  speculationIndirectBranch?: string | undefined
  /** Masks in words of 32 bits, "00000000,00000003"; the lists are easier to read. */
  cpusAllowed?: string | undefined
  cpusAllowedList?: string | undefined
  memsAllowed?: string | undefined
  memsAllowedList?: string | undefined
  voluntaryContextSwitches?: number | undefined
  nonvoluntaryContextSwitches?: number | undefined
  /** x86: "shstk", "wrss". */
  x86ThreadFeatures?: string[] | undefined
  x86ThreadFeaturesLocked?: string[] | undefined
  /** Every line, by the kernel's key, undecoded: what follows the colon and one tab. Made when first used. */
  readonly fields: ReadonlyMap<string, string>
}
