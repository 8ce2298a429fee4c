/** /proc/PID/status, typed (proc_pid_status(5)). */

import type { CapabilityName } from './capabilities.js'

/** The four ids of a process (credentials(7)). */
export interface IdQuad {
  /** The user who started it. */
  real: number
  /** Decides about permissions. */
  effective: number
  /** May become the effective one again. */
  saved: number
  /** Decides about files: the effective one, unless setfsuid(2) was called. */
  filesystem: number
}

/** Never translated: all capabilities in a user namespace do not make a process privileged outside it. */
export interface CapabilitySets {
  /** CapInh: kept over an execve of a file that has it as inheritable. */
  inheritable: ReadonlySet<CapabilityName>
  /** CapPrm: what may become effective. */
  permitted: ReadonlySet<CapabilityName>
  /** CapEff: what the kernel looks at. */
  effective: ReadonlySet<CapabilityName>
  /** CapBnd: what an execve may add at most. */
  bounding: ReadonlySet<CapabilityName>
  /** CapAmb: kept over an execve of any file (Linux 4.3). */
  ambient: ReadonlySet<CapabilityName>
}

/** Sets of signals: bit N - 1 stands for signal N. */
export interface SignalSets {
  /** Signals queued for the process's real user id. */
  queued: number
  /** RLIMIT_SIGPENDING: how many may be; rounded to a double. */
  queueLimit: number
  /** Of the thread. */
  pending: bigint
  /** Of the whole process. */
  sharedPending: bigint
  /** SigBlk, of the thread. */
  blocked: bigint
  /** SigIgn. */
  ignored: bigint
  /** SigCgt: it has a handler. */
  caught: bigint
}

/**
 * A field that this kernel lacks is undefined. Ids are as the user namespace that
 * opened the file sees them: a process in a namespace that maps 1000 to 101000
 * reads 1000 about itself, its host 101000, and a namespace that has no number for it
 * the overflow id (65534), which may also be somebody's own id.
 */
export interface ProcessStatus {
  /** As the process named itself, one character a byte: `Buffer.from(name, 'latin1')` has them. */
  name: string
  /** The file mode creation mask (umask(2), Linux 4.7). */
  umask?: number | undefined
  /** The letter: R, S, D, T, t, Z, X, I, … */
  state: string
  /** The process; `pid` is the thread's own number, the same for its first thread. */
  tgid: number
  /** NUMA group, 0 for none. */
  ngid?: number | undefined
  /** The thread's number: `tgid` of the first thread. */
  pid: number
  /** The parent; 0 where that is in another pid namespace. */
  ppid: number
  /** The process that traces this one (ptrace(2)); 0 for none. */
  tracerPid: number
  /** User ids. */
  uid: IdQuad
  /** Group ids. */
  gid: IdQuad
  /** Supplementary groups, in the kernel's order. */
  groups: number[]
  /** Descriptors that there is room for: a power of two. */
  fdSize: number
  /** The process's numbers, from the pid namespace that /proc belongs to inwards (Linux 4.1). */
  nsTgid?: number[] | undefined
  /** Of the thread, as nsTgid. */
  nsPid?: number[] | undefined
  /** Of the process group, as nsTgid. */
  nsPgid?: number[] | undefined
  /** Of the session, as nsTgid. */
  nsSid?: number[] | undefined
  /** Whether it is a thread of the kernel (Linux 6.11). */
  kernelThread?: boolean | undefined
  /** How many threads the process has. */
  threads: number
  /** VmPeak… RssShmem, in KiB, keyed by the kernel's names; empty for kernel threads and zombies. */
  memory: Readonly<Record<string, number>>
  /** SigQ, SigPnd, ShdPnd, SigBlk, SigIgn, SigCgt. */
  signals: SignalSets
  /** CapInh, CapPrm, CapEff, CapBnd, CapAmb. */
  capabilities: CapabilitySets
  /** An execve gives it nothing more (prctl(2), Linux 4.10). */
  noNewPrivs?: boolean | undefined
  /** Its mode of seccomp(2). */
  seccomp?: 'disabled' | 'strict' | 'filter' | undefined
  /** How many filters are in force (Linux 5.9). */
  seccompFilters?: number | undefined
  /** Whether it is writing a core dump now (Linux 4.15). */
  coreDumping?: boolean | undefined
  /** Whether it may have transparent huge pages (Linux 5.0). */
  thpEnabled?: boolean | undefined
  /** Bits of an address that count, where the machine can ignore some (x86 LAM, arm64 TBI). */
  untagMask?: bigint | undefined
  /** "thread vulnerable", "not vulnerable", … */
  speculationStoreBypass?: string | undefined
  /** "conditional enabled", "always enabled", … */
  speculationIndirectBranch?: string | undefined
  /** Processors that it may run on: a mask in words of 32 bits, "00000000,00000003". */
  cpusAllowed?: string | undefined
  /** The same as a list: "0-3,8". */
  cpusAllowedList?: string | undefined
  /** NUMA nodes that it may take memory from, as a mask. */
  memsAllowed?: string | undefined
  /** The same as a list. */
  memsAllowedList?: string | undefined
  /** How often it gave the processor up, to wait for something. */
  voluntaryContextSwitches?: number | undefined
  /** How often the processor was taken from it: its time was up, or another was more urgent. */
  nonvoluntaryContextSwitches?: number | undefined
  /** Shadow stacks of x86: "shstk", "wrss". */
  x86ThreadFeatures?: string[] | undefined
  /** Those of them that are locked: on or off for good. */
  x86ThreadFeaturesLocked?: string[] | undefined
  /** Every line, by the kernel's key, undecoded: what follows the colon and one tab. Made when first used. */
  readonly fields: ReadonlyMap<string, string>
}
