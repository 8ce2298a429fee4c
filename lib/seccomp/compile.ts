import { KILL_PROCESS } from './actions.js'
import { type SeccompTarget, TARGETS } from './architectures.js'
import { Assembler, type Target } from './assembler.js'
import { dispatch } from './dispatch.js'
import { JEQ, JGE, LOAD } from './instructions.js'
import { type Profile, readProfile } from './profile.js'
import { choice } from './values.js'

export interface CompiledSeccomp {
  /** struct sock_filter[], little-endian. */
  readonly program: Uint8Array
  /** SECCOMP_FILTER_FLAG_* for seccomp(2); 0: prctl(2) sets it as well. */
  readonly flags: number
}

// struct seccomp_data (linux/seccomp.h)
const NUMBER = 0
const ARCHITECTURE = 4

/** __X32_SYSCALL_BIT: with it, a 64-bit process makes a call of x32, under numbers that mean others there. */
const X32 = 0x4000_0000
/** What a tracer writes to have a call skipped. */
const SKIPPED = 0xffff_ffff

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
  const target = choice(arch, Object.keys(TARGETS) as SeccompTarget[], 'arch')
  const read = readProfile(profile, target)
  return { program: assemble(read, target), flags: read.flags }
}

/** Written from the end: what comes first in the program stands last here. */
function assemble(profile: Profile, target: SeccompTarget): Uint8Array {
  const code = new Assembler()
  const calls = dispatch(code, profile)
  code.proceedTo(target === 'x64' ? withoutX32(code, profile, calls) : calls)
  const native = code.statement(LOAD, NUMBER)
  checkArchitecture(code, profile, target, native)
  return code.finish()
}

function withoutX32(code: Assembler, profile: Profile, calls: Target): Target {
  const beyond = code.jump(JEQ, SKIPPED, { returns: profile.defaultAction }, { returns: profile.foreign.x32 })
  return code.jump(JGE, X32, beyond, calls)
}

function checkArchitecture(
  code: Assembler,
  { foreign }: Profile,
  target: SeccompTarget,
  native: Target,
): void {
  const { audit, compat } = TARGETS[target]
  const kill = { returns: KILL_PROCESS }
  const other =
    foreign.compat === KILL_PROCESS ? kill : code.jump(JEQ, compat.audit, { returns: foreign.compat }, kill)
  code.jump(JEQ, audit, native, other)
  code.statement(LOAD, ARCHITECTURE)
}
