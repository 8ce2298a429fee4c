/** What an OCI profile says about a call, evaluated as it stands: what compiled programs are compared with. */

import type { OciSeccomp, OciSeccompArg, OciSeccompSyscall } from '../../lib/seccomp/index.js'

const CODES: Readonly<Record<string, number>> = {
  SCMP_ACT_KILL: 0,
  SCMP_ACT_KILL_THREAD: 0,
  SCMP_ACT_KILL_PROCESS: 0x80000000,
  SCMP_ACT_TRAP: 0x00030000,
  SCMP_ACT_ERRNO: 0x00050000,
  SCMP_ACT_TRACE: 0x7ff00000,
  SCMP_ACT_LOG: 0x7ffc0000,
  SCMP_ACT_ALLOW: 0x7fff0000,
}

export const ALLOW = CODES.SCMP_ACT_ALLOW!
export const KILL_PROCESS = CODES.SCMP_ACT_KILL_PROCESS!
export const errnoAnswer = (errno: number): number => CODES.SCMP_ACT_ERRNO! + errno

export function evaluate(profile: OciSeccomp, name: string, args: readonly bigint[]): number {
  const fallback = answer(profile.defaultAction, profile.defaultErrnoRet)
  const entries = (profile.syscalls ?? []).filter(
    (entry) => entry.names.includes(name) && answer(entry.action, entry.errnoRet) !== fallback,
  )
  const decides =
    entries.find((entry) => (entry.args ?? []).length === 0) ?? entries.find((entry) => matches(entry, args))
  return decides === undefined ? fallback : answer(decides.action, decides.errnoRet)
}

function answer(action: string, errnoRet: number | undefined): number {
  const takesData = action === 'SCMP_ACT_ERRNO' || action === 'SCMP_ACT_TRACE'
  return CODES[action]! + (takesData ? (errnoRet ?? 1) : 0)
}

function matches({ args: conditions = [] }: OciSeccompSyscall, args: readonly bigint[]): boolean {
  const repeated = new Set(conditions.map(({ index }) => index)).size < conditions.length
  const holds = (condition: OciSeccompArg) => compare(condition, args[condition.index]!)
  return repeated ? conditions.some(holds) : conditions.every(holds)
}

function compare({ op, value, valueTwo = 0 }: OciSeccompArg, actual: bigint): boolean {
  const operand = BigInt(value)
  switch (op) {
    case 'SCMP_CMP_EQ':
      return actual === operand
    case 'SCMP_CMP_NE':
      return actual !== operand
    case 'SCMP_CMP_LT':
      return actual < operand
    case 'SCMP_CMP_LE':
      return actual <= operand
    case 'SCMP_CMP_GT':
      return actual > operand
    case 'SCMP_CMP_GE':
      return actual >= operand
    case 'SCMP_CMP_MASKED_EQ':
      return (actual & operand) === (BigInt(valueTwo) & operand)
  }
}
