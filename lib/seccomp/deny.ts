import type { OciSeccomp } from './types.js'

const EPERM = 1

/**
 * A profile that allows everything but these calls, which fail with `errno` (EPERM by default).
 *
 * For sandboxes there is sandboxSeccomp(). clone3 needs ENOSYS (38), at which C libraries take clone: with EPERM they
 * cannot make threads, and node aborts.
 *
 * Not for what must not happen at all: a new kernel's calls are allowed, and a call that does the same as a
 * denied one (clone3 and clone, openat2 and openat) is as well. A list of what is allowed is safer.
 */
export function denySyscalls(names: readonly string[], errno = EPERM): OciSeccomp {
  const denied = { names: [...names], action: 'SCMP_ACT_ERRNO', errnoRet: errno } as const
  return { defaultAction: 'SCMP_ACT_ALLOW', syscalls: names.length === 0 ? [] : [denied] }
}
