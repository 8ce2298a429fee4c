/** Comparisons of a system call's argument, 64 bits, unsigned. */

import type { Assembler, Label, Target } from './assembler.js'
import { ALU_AND, JEQ, JGE, JGT, LOAD } from './instructions.js'

export interface Condition {
  readonly index: number
  readonly op: SeccompOperator
  readonly value: bigint
  readonly valueTwo: bigint
}

/** Emits a comparison of one argument; where it leads. */
type Emit = (code: Assembler, condition: Condition, holds: Target, fails: Target) => Target

export const OPERATORS = {
  SCMP_CMP_EQ: (code, condition, holds, fails) => masked(code, condition, ALL, holds, fails),
  SCMP_CMP_NE: (code, condition, holds, fails) => masked(code, condition, ALL, fails, holds),
  SCMP_CMP_GT: (code, condition, holds, fails) => above(code, condition, JGT, holds, fails),
  SCMP_CMP_GE: (code, condition, holds, fails) => above(code, condition, JGE, holds, fails),
  SCMP_CMP_LT: (code, condition, holds, fails) => above(code, condition, JGE, fails, holds),
  SCMP_CMP_LE: (code, condition, holds, fails) => above(code, condition, JGT, fails, holds),
  SCMP_CMP_MASKED_EQ: (code, condition, holds, fails) => {
    const { index, value: mask, valueTwo: value } = condition
    // As libseccomp: bits of valueTwo outside the mask do not count.
    return masked(code, { index, value: value & mask }, mask, holds, fails)
  },
} as const satisfies Record<string, Emit>

/**
 * How an argument is compared with a value: 64 bits, unsigned.
 * @useDeclaredType
 */
export type SeccompOperator = keyof typeof OPERATORS

const ALL = 0xffff_ffff_ffff_ffffn

type Compared = Pick<Condition, 'index' | 'value'>

function masked(
  code: Assembler,
  { index, value }: Compared,
  mask: bigint,
  holds: Target,
  fails: Target,
): Target {
  const low = half(code, lowOffset(index), low32(mask), low32(value), holds, fails)
  return half(code, highOffset(index), high32(mask), high32(value), low, fails)
}

function half(
  code: Assembler,
  offset: number,
  mask: number,
  value: number,
  holds: Target,
  fails: Target,
): Target {
  if (mask === 0) return holds
  code.jump(JEQ, value, holds, fails)
  if (mask !== 0xffff_ffff) code.statement(ALU_AND, mask)
  return code.statement(LOAD, offset)
}

/** Larger in the high half, or equal there and `jump` (larger, or larger or equal) in the low half. */
function above(
  code: Assembler,
  { index, value }: Compared,
  jump: number,
  holds: Target,
  fails: Target,
): Label {
  code.jump(jump, low32(value), holds, fails)
  const low = code.statement(LOAD, lowOffset(index))
  const equal = code.jump(JEQ, high32(value), low, fails)
  code.jump(JGT, high32(value), holds, equal)
  return code.statement(LOAD, highOffset(index))
}

/** seccomp_data.args (linux/seccomp.h) begins at 16; both targets are little-endian. */
function lowOffset(index: number): number {
  return 16 + 8 * index
}

function highOffset(index: number): number {
  return lowOffset(index) + 4
}

function low32(value: bigint): number {
  return Number(value & 0xffff_ffffn)
}

function high32(value: bigint): number {
  return Number(value >> 32n)
}
