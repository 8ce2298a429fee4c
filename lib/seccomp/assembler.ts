/**
 * Writes a program from its last instruction to its first: BPF jumps forward only, so a jump's targets are
 * there, and their distances known, when it is written.
 */

import { encode, type Instruction, JUMP, MAX_INSTRUCTIONS, RETURN } from './instructions.js'

/** An instruction, counted from the program's end. */
export type Label = { readonly at: number }
/** The end of the filter, with this value. */
type Return = { readonly returns: number }
export type Target = Label | Return

/** jt and jf are bytes. */
const REACH = 255

export class Assembler {
  readonly #backwards: Instruction[] = []
  readonly #returns = new Map<number, Label>()

  /** An instruction that goes on to the one that was written before it. */
  statement(code: number, k: number): Label {
    return this.#write({ code, jt: 0, jf: 0, k })
  }

  /** A conditional jump. */
  jump(code: number, k: number, holds: Target, fails: Target): Label {
    const far = this.#near(fails)
    // What `near` writes for this one moves `far` by one: it keeps a place for that.
    const near = this.#near(holds)
    return this.#write({ code, jt: this.#distance(near), jf: this.#distance(far), k })
  }

  /** Makes the next statement go on to `target`. */
  proceedTo(target: Target): void {
    const next = this.#near(target)
    if (this.#distance(next) > 0) this.statement(JUMP, this.#distance(next))
  }

  /** The program: it begins with the instruction that was written last. */
  finish(): Uint8Array {
    const size = this.#backwards.length
    if (size > MAX_INSTRUCTIONS) {
      throw new RangeError(
        `the profile compiles to ${size} instructions; the kernel takes ${MAX_INSTRUCTIONS}`,
      )
    }
    return encode(this.#backwards.toReversed())
  }

  /** The target, or an instruction close by that does the same. */
  #near(target: Target): Label {
    if ('returns' in target) return this.#return(target.returns)
    if (this.#isNear(target)) return target
    return this.statement(JUMP, this.#distance(target))
  }

  /** One for each value, and another where the last is out of reach: no longer than a jump to it. */
  #return(value: number): Label {
    const last = this.#returns.get(value)
    if (last !== undefined && this.#isNear(last)) return last
    const label = this.statement(RETURN, value)
    this.#returns.set(value, label)
    return label
  }

  #isNear(label: Label): boolean {
    return this.#distance(label) < REACH
  }

  /** How many instructions the next one would skip to get there. */
  #distance({ at }: Label): number {
    return this.#backwards.length - at - 1
  }

  #write(instruction: Instruction): Label {
    this.#backwards.push(instruction)
    return { at: this.#backwards.length - 1 }
  }
}
