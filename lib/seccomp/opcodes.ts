/** The operations that seccomp_check_filter() lets through, and what bpf_check_classic() asks of each. */

import type { Instruction } from './instructions.js'

/** null, or why not. `after`: how many instructions follow. */
type Check = (instruction: Instruction, after: number) => string | null

/** sizeof(struct seccomp_data) */
const DATA_SIZE = 64
/** BPF_MEMWORDS */
const SCRATCH_WORDS = 16

export const LD_MEM = 0x60
export const LDX_MEM = 0x61
export const ST = 0x02
export const STX = 0x03
export const JA = 0x05
/** BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET with BPF_K and BPF_X. */
export const CONDITIONAL: ReadonlySet<number> = new Set([0x15, 0x25, 0x35, 0x45, 0x1d, 0x2d, 0x3d, 0x4d])

const LD_W_ABS = [0x20]
const LENGTHS = [0x80, 0x81]
const IMMEDIATE = [0x00, 0x01]
const SCRATCH = [LD_MEM, LDX_MEM, ST, STX]
/** ADD, SUB, MUL, OR, AND, XOR with BPF_K, and all of these and DIV, LSH, RSH with BPF_X; NEG. Not MOD. */
const ALU = [0x04, 0x14, 0x24, 0x44, 0x54, 0xa4, 0x0c, 0x1c, 0x2c, 0x3c, 0x4c, 0x5c, 0x6c, 0x7c, 0xac, 0x84]
const DIV_K = [0x34]
const SHIFT_K = [0x64, 0x74]
/** TAX, TXA */
const MOVES = [0x07, 0x87]
/** RET K, RET A */
const RETURNS = [0x06, 0x16]

const OUTSIDE = 'jumps beyond the end'

export const OPCODES: ReadonlyMap<number, Check> = new Map([
  ...each([...LENGTHS, ...IMMEDIATE, ...ALU, ...MOVES, ...RETURNS], () => null),
  ...each(LD_W_ABS, ({ k }) => unless(k < DATA_SIZE && k % 4 === 0, `no word of seccomp_data is at ${k}`)),
  ...each(SCRATCH, ({ k }) => unless(k < SCRATCH_WORDS, `no word of scratch memory has the number ${k}`)),
  ...each(DIV_K, ({ k }) => unless(k !== 0, 'divides by 0')),
  ...each(SHIFT_K, ({ k }) => unless(k < 32, `shifts 32 bits by ${k}`)),
  ...each([JA], ({ k }, after) => unless(k < after, OUTSIDE)),
  ...each(CONDITIONAL, ({ jt, jf }, after) => unless(jt < after && jf < after, OUTSIDE)),
])

function each(codes: Iterable<number>, check: Check): Array<[number, Check]> {
  return Array.from(codes, (code) => [code, check])
}

function unless(allowed: boolean, reason: string): string | null {
  return allowed ? null : reason
}
