/** Random profiles, and calls that meet their comparisons at the edges. */

import fc from 'fast-check'
import type { OciSeccomp, OciSeccompArg, OciSeccompSyscall } from '../../lib/seccomp/index.js'

const LARGEST = 0xffff_ffff_ffff_ffffn

/** Values whose halves are all 0, all 1, or near to one another, so that each half decides now and then. */
const value64 = fc.oneof(
  fc.bigInt({ min: 0n, max: 4n }),
  fc
    .tuple(fc.constantFrom(0n, 1n, 2n, 0x7fff_ffffn, 0xffff_ffffn), fc.constantFrom(0n, 1n, 2n, 0xffff_ffffn))
    .map(([high, low]) => (high << 32n) | low),
  fc.bigInt({ min: 0n, max: LARGEST }),
)

const operators = ['EQ', 'NE', 'LT', 'LE', 'GT', 'GE', 'MASKED_EQ'] as const

const arg: fc.Arbitrary<OciSeccompArg> = fc.record({
  index: fc.nat(5),
  op: fc.constantFrom(...operators).map((name) => `SCMP_CMP_${name}` as const),
  value: fc.oneof(
    value64,
    value64.map(String),
    value64.map((value) => Number(value & 0x1f_ffff_ffff_ffffn)),
  ),
  valueTwo: value64,
})

const action = fc.oneof(
  fc.record({ action: fc.constantFrom('SCMP_ACT_ALLOW', 'SCMP_ACT_KILL', 'SCMP_ACT_KILL_PROCESS') }),
  fc.record({ action: fc.constantFrom('SCMP_ACT_TRAP', 'SCMP_ACT_LOG', 'SCMP_ACT_ERRNO', 'SCMP_ACT_TRACE') }),
  fc.record({ action: fc.constantFrom('SCMP_ACT_ERRNO', 'SCMP_ACT_TRACE'), errnoRet: fc.nat(4095) }),
) as fc.Arbitrary<Pick<OciSeccompSyscall, 'action' | 'errnoRet'>>

export function profiles(names: readonly string[]): fc.Arbitrary<OciSeccomp> {
  const entry = fc
    .record({
      names: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: names.length }),
      decision: action,
      args: fc.array(arg, { maxLength: 3 }),
    })
    .map(({ decision, ...rest }): OciSeccompSyscall => ({ ...rest, ...decision }))
  return fc
    .record({ decision: action, syscalls: fc.array(entry, { maxLength: 8 }) })
    .map(({ decision, syscalls }) => ({
      defaultAction: decision.action,
      ...(decision.errnoRet === undefined ? {} : { defaultErrnoRet: decision.errnoRet }),
      syscalls,
    }))
}

/** Arguments equal to those that the profile compares with, or one beside them, or any. */
export function argumentsFor(profile: OciSeccomp): fc.Arbitrary<bigint[]> {
  const compared = (profile.syscalls ?? []).flatMap(({ args = [] }) =>
    args.flatMap(({ value, valueTwo = 0 }) => [BigInt(value), BigInt(valueTwo)]),
  )
  const near = [0n, ...compared].flatMap((value) => [value, (value + 1n) & LARGEST, (value - 1n) & LARGEST])
  return fc.array(fc.oneof(fc.constantFrom(...near), value64), { minLength: 6, maxLength: 6 })
}
