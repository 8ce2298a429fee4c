/** The public functions. The compiler and its tables are a part of their own: most importers have no filter. */

import type { SeccompTarget } from './architectures.js'
import type { CompiledSeccomp } from './compile.js'

const part = (): typeof import('./index.js') => require('./index.js')

/**
 * Compiles an OCI `linux.seccomp` object (OciSeccomp) to a classic BPF program for seccomp(2).
 *
 * The effect is that of runc with libseccomp, but:
 * - rules apply to the native architecture alone. Calls of the kernel's other ones (i386 and x32 on x86-64,
 *   32-bit arm on arm64) fail with ENOSYS if `architectures` lists theirs; else they kill the process.
 * - a system call that no architecture of Linux has is an error; one that only others have is skipped.
 * - what cannot be kept is an error: SCMP_ACT_NOTIFY, a value that is not exact, an errnoRet without a use.
 *
 * Throws a TypeError or a RangeError that names the entry, and a RangeError if the program would exceed the
 * kernel's 4096 instructions.
 */
export function compileSeccomp(profile: object, arch: SeccompTarget): CompiledSeccomp {
  return part().compileSeccomp(profile, arch)
}

/** Throws a RangeError that names the instruction which seccomp(2) would refuse, or a TypeError for no bytes. */
export function checkSeccompProgram(bytes: Uint8Array): void {
  const check: (bytes: unknown) => void = part().checkSeccompProgram
  check(bytes)
}
