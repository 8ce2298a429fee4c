/** Resources of setrlimit(2) by OCI's names, and their numbers, which x86-64 and arm64 share (asm-generic/resource.h). */

export const RLIMITS = {
  RLIMIT_CPU: 0,
  RLIMIT_FSIZE: 1,
  RLIMIT_DATA: 2,
  RLIMIT_STACK: 3,
  RLIMIT_CORE: 4,
  RLIMIT_RSS: 5,
  RLIMIT_NPROC: 6,
  RLIMIT_NOFILE: 7,
  RLIMIT_MEMLOCK: 8,
  RLIMIT_AS: 9,
  RLIMIT_LOCKS: 10,
  RLIMIT_SIGPENDING: 11,
  RLIMIT_MSGQUEUE: 12,
  RLIMIT_NICE: 13,
  RLIMIT_RTPRIO: 14,
  RLIMIT_RTTIME: 15,
} as const
type RlimitName = keyof typeof RLIMITS

/** RLIM_INFINITY. */
export const UNLIMITED = 0xffffffffffffffffn

/** 'RLIMIT_NOFILE', or 'nofile' as prlimit(1) and limits.conf(5) have it; undefined for what is no limit. */
export function rlimitName(name: string): RlimitName | undefined {
  const full = name === name.toLowerCase() ? `RLIMIT_${name.toUpperCase()}` : name
  return Object.hasOwn(RLIMITS, full) ? (full as RlimitName) : undefined
}
