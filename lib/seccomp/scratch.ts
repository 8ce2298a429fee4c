/** check_load_and_stores() of net/core/filter.c: scratch memory is not cleared, so it must be written first. */

import type { Instruction } from './instructions.js'
import { CONDITIONAL, JA, LD_MEM, LDX_MEM, ST, STX } from './opcodes.js'

const ALL = 0xffff

/** The first instruction that reads a word not written on every way to it. Expects jumps that stay inside. */
export function checkScratch(program: readonly Instruction[]): number | undefined {
  /** What is written for sure where jumps arrive, a bit for each word. */
  const arriving = new Uint16Array(program.length).fill(ALL)
  let written = 0
  for (const [index, { code, jt, jf, k }] of program.entries()) {
    written &= arriving[index]!
    const jump = (distance: number) => {
      arriving[index + 1 + distance]! &= written
    }
    if (code === ST || code === STX) written |= 1 << k
    if ((code === LD_MEM || code === LDX_MEM) && (written & (1 << k)) === 0) return index
    if (code === JA) jump(k)
    if (CONDITIONAL.has(code)) {
      jump(jt)
      jump(jf)
    }
    // The next one is reached by jumps alone.
    if (code === JA || CONDITIONAL.has(code)) written = ALL
  }
  return undefined
}
