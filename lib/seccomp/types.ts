/** The `linux.seccomp` object of an OCI runtime configuration (runtime-spec, config-linux.md). */

import type { SeccompAction } from './actions.js'
import type { SeccompArchitecture } from './architectures.js'
import type { SeccompFlag } from './flags.js'
import type { SeccompOperator } from './operators.js'

/** An argument's value: 64 bits. Beyond 2^53 - 1 a number is not exact: a bigint or a decimal string then. */
export type SeccompValue = number | bigint | string

export interface OciSeccompArg {
  /** 0 to 5: the system call's argument. */
  readonly index: number
  readonly value: SeccompValue
  /** SCMP_CMP_MASKED_EQ only: `(argument & value) == valueTwo`. Default: 0. */
  readonly valueTwo?: SeccompValue
  readonly op: SeccompOperator
}

export interface OciSeccompSyscall {
  readonly names: readonly string[]
  readonly action: SeccompAction
  /** SCMP_ACT_ERRNO: the errno, default EPERM. SCMP_ACT_TRACE: what the tracer is told. Refused elsewhere. */
  readonly errnoRet?: number
  /** All must hold; where two name the same argument, one is enough, as in runc. */
  readonly args?: readonly OciSeccompArg[]
}

export interface OciSeccomp {
  readonly defaultAction: SeccompAction
  readonly defaultErrnoRet?: number
  /** Besides the native one, which always is filtered. See `compileSeccomp` for what a listed one means. */
  readonly architectures?: readonly SeccompArchitecture[]
  readonly flags?: readonly SeccompFlag[]
  readonly syscalls?: readonly OciSeccompSyscall[]
}
