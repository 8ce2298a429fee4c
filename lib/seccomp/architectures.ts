/** The architectures that a filter can be compiled for, and those whose calls the same kernel takes as well. */

import { KILL_PROCESS, NO_SUCH_CALL } from './actions.js'
import { list, shown } from './values.js'

/** The machine that a filter is for, as process.arch has it. */
export type SeccompTarget = 'x64' | 'arm64'

interface Target {
  readonly name: SeccompArchitecture
  /** AUDIT_ARCH_* (linux/audit.h): what seccomp_data.arch says. */
  readonly audit: number
  /** The 32-bit architecture whose programs run on the same kernel. */
  readonly compat: { readonly name: SeccompArchitecture; readonly audit: number }
}

/** Those that a kernel for x86-64 or arm64 runs: a profile may list both kernels', for use on both. */
const KNOWN = [
  'SCMP_ARCH_X86_64',
  'SCMP_ARCH_X86',
  'SCMP_ARCH_X32',
  'SCMP_ARCH_AARCH64',
  'SCMP_ARCH_ARM',
] as const

/**
 * The architectures whose calls a kernel for x86-64 or arm64 takes.
 * @useDeclaredType
 */
export type SeccompArchitecture = (typeof KNOWN)[number]

export const TARGETS: Readonly<Record<SeccompTarget, Target>> = {
  x64: {
    name: 'SCMP_ARCH_X86_64',
    audit: 0xc000003e,
    compat: { name: 'SCMP_ARCH_X86', audit: 0x40000003 },
  },
  arm64: {
    name: 'SCMP_ARCH_AARCH64',
    audit: 0xc00000b7,
    compat: { name: 'SCMP_ARCH_ARM', audit: 0x40000028 },
  },
}

/** The answers to calls that are not the target's own. */
export interface ForeignAnswers {
  readonly compat: number
  readonly x32: number
}

/**
 * Rules are compiled for the target alone, so nothing else may pass: by a number that means another call
 * there a profile would be bypassed. A listed architecture answers as a kernel built without it, ENOSYS:
 * who lists it, as Docker does, expects it to be tried. One that is not listed is killed, as by libseccomp.
 */
export function readArchitectures(value: unknown, target: SeccompTarget): ForeignAnswers {
  const listed = new Set<SeccompArchitecture>()
  for (const [index, name] of list(value, 'architectures').entries()) {
    const entry = `architectures[${index}]`
    const known = KNOWN.find((each) => each === name)
    if (known === undefined) {
      throw new TypeError(`${entry}: cannot compile for ${shown(name)}; expected one of ${KNOWN.join(', ')}`)
    }
    listed.add(known)
  }
  const answer = (name: SeccompArchitecture) => (listed.has(name) ? NO_SUCH_CALL : KILL_PROCESS)
  return { compat: answer(TARGETS[target].compat.name), x32: answer('SCMP_ARCH_X32') }
}
