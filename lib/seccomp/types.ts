/** The `linux.seccomp` object of an OCI runtime configuration (runtime-spec, config-linux.md). */

import type { SeccompAction } from './actions.js'
import type { SeccompArchitecture } from './architectures.js'
import type { SeccompFlag } from './flags.js'
import type { SeccompOperator } from './operators.js'

/** An argument's value: 64 bits. Beyond 2^53 - 1 a number is not exact: a bigint or a decimal string then. */
export type SeccompValue = number | bigint | string

/** A condition on one argument of a call. */
export interface OciSeccompArg {
  /** 0 to 5: the system call's argument. */
  readonly index: number
  /** What it is compared with; of SCMP_CMP_MASKED_EQ the mask. */
  readonly value: SeccompValue
  /** SCMP_CMP_MASKED_EQ only: `(argument & value) == valueTwo`. Default: 0. */
  readonly valueTwo?: SeccompValue
  /** How; both are taken as unsigned. */
  readonly op: SeccompOperator
}

/** What happens to some calls. An entry without `args` decides alone; of those with `args`, the first that holds. */
export interface OciSeccompSyscall {
  /** As in syscalls(2): 'openat', 'clone3'. */
  readonly names: readonly string[]
  /** What the call gets. */
  readonly action: SeccompAction
  /** SCMP_ACT_ERRNO: the errno, default EPERM. SCMP_ACT_TRACE: what the tracer is told. Refused elsewhere. */
  readonly errnoRet?: number
  /** All must hold; where two name the same argument, one is enough, as in runc. */
  readonly args?: readonly OciSeccompArg[]
}

/** `linux.seccomp` of an OCI configuration (runtime-spec, config-linux.md). */
export interface OciSeccomp {
  /** For the calls that no rule is about. */
  readonly defaultAction: SeccompAction
  /** Of SCMP_ACT_ERRNO and SCMP_ACT_TRACE; default EPERM. Refused elsewhere. */
  readonly defaultErrnoRet?: number
  /** Besides the native one, which always is filtered. See `compileSeccomp` for what a listed one means. */
  readonly architectures?: readonly SeccompArchitecture[]
  /** For seccomp(2). Default: none. */
  readonly flags?: readonly SeccompFlag[]
  /** Default: none. */
  readonly syscalls?: readonly OciSeccompSyscall[]
}
