/** Seccomp filters: compiled from OCI profiles, and checked. */

export type { SeccompAction } from './actions.js'
export type { SeccompArchitecture, SeccompTarget } from './architectures.js'
export { checkSeccompProgram } from './check-program.js'
export { type CompiledSeccomp, compileSeccomp } from './compile.js'
export { denySyscalls } from './deny.js'
export type { SeccompFlag } from './flags.js'
export type { SeccompOperator } from './operators.js'
export type { OciSeccomp, OciSeccompArg, OciSeccompSyscall, SeccompValue } from './types.js'
