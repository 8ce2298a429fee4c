import { KILL_PROCESS } from './actions.js'
import { type SeccompTarget, TARGETS } from './architectures.js'
import { Assembler, type Target } from './assembler.js'
import { dispatch } from './dispatch.js'
import { JEQ, JGE, LOAD } from './instructions.js'
import { type Profile, readProfile } from './profile.js'
import { choice } from './values.js'

/** A filter as the kernel takes it. */
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

/** What compileSeccomp() of api.ts does. */
export function compileSeccomp(profile: object, arch: SeccompTarget): CompiledSeccomp {
  const known = Object.keys(TARGETS) as SeccompTarget[]
  if (arch === undefined)
    throw new TypeError(`arch: expected one of ${known.join(', ')}, as process.arch has it`)
  const target = choice(arch, known, 'arch')
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
