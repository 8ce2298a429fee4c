/** Lays a plan's blocks out behind its steps, as native/plan/decode.h demands them. */

import { HEADER_SIZE, MAX_PLAN_SIZE, MAX_STEPS, PLAN_MAGIC, PLAN_VERSION, STEP_SIZE } from './format.js'

export interface Fields {
  flags?: number
  number?: number
  /** Of `number`: its upper 32 bits. Two ids do not fit into a double. */
  high?: number
  data?: Block
  more?: Block
}
export interface Block {
  offset: number
  size: number
}

/** Plans are small and are handed over at once: one buffer serves all of this thread's. */
const scratch = Buffer.alloc(64 << 10)

export class Writer {
  #bytes = scratch
  /** The same memory: everything but text lies on word boundaries. */
  #words = wordsOf(scratch)
  #end: number

  constructor(steps: number) {
    if (steps > MAX_STEPS) throw tooLarge()
    this.#end = HEADER_SIZE + steps * STEP_SIZE
    this.#reserve(0)
  }

  step(index: number, op: number, fields: Fields): void {
    const at = (HEADER_SIZE + index * STEP_SIZE) / 4
    const words = this.#words
    words[at] = op
    words[at + 1] = fields.flags ?? 0
    words[at + 2] = fields.number ?? 0
    words[at + 3] = fields.high ?? 0
    words[at + 4] = fields.data?.offset ?? 0
    words[at + 5] = fields.data?.size ?? 0
    words[at + 6] = fields.more?.offset ?? 0
    words[at + 7] = fields.more?.size ?? 0
  }

  string(text: string): Block {
    const offset = this.#end
    // No UTF-16 unit takes more than three bytes of UTF-8.
    this.#reserve(text.length * 3 + 1)
    const size = this.#bytes.write(text, offset) + 1
    this.#end = offset + size
    this.#bytes[this.#end - 1] = 0
    return { offset, size }
  }

  /** What is written as it is: its size leaves the NUL out. */
  content(text: string): Block {
    const { offset, size } = this.string(text)
    return { offset, size: size - 1 }
  }

  /** Offsets first, ended by 0, then the strings: the stage turns the offsets into pointers in place. */
  list(strings: readonly string[]): Block {
    const offset = this.#aligned(8, (strings.length + 1) * 8)
    this.#words.fill(0, offset / 4, this.#end / 4)
    for (let index = 0; index < strings.length; index++) {
      const at = this.string(strings[index] as string).offset
      this.#words[offset / 4 + index * 2] = at
    }
    return { offset, size: strings.length }
  }

  bytes(content: Uint8Array): Block {
    const offset = this.#end
    this.#reserve(content.length + 1)
    this.#bytes.set(content, offset)
    // What follows may be a string: it ends at a NUL in any case.
    this.#end = offset + content.length
    return { offset, size: content.length }
  }

  /** 64-bit numbers, on boundaries of their own. */
  longs(values: readonly bigint[]): Block {
    const offset = this.#aligned(8, values.length * 8)
    values.forEach((value, index) => {
      this.#bytes.writeBigUInt64LE(value, offset + index * 8)
    })
    return { offset, size: values.length * 8 }
  }

  words(values: ArrayLike<number>): Block {
    const offset = this.#aligned(4, values.length * 4)
    this.#words.set(values, offset / 4)
    return { offset, size: values.length * 4 }
  }

  /** Valid until the next plan is encoded. */
  finish(steps: number, flags: number): Buffer {
    // One more byte: the NUL that ends the plan, and so every string in it.
    this.#reserve(1)
    this.#bytes[this.#end] = 0
    const size = this.#end + 1
    if (size > MAX_PLAN_SIZE) throw tooLarge()
    this.#words.set([PLAN_MAGIC, PLAN_VERSION, size, steps, 0xffffffff, flags, 0, 0, 0, 0])
    return this.#bytes.subarray(0, size)
  }

  #aligned(to: number, size: number): number {
    const offset = Math.ceil(this.#end / to) * to
    this.#reserve(offset - this.#end + size)
    this.#bytes.fill(0, this.#end, offset)
    this.#end = offset + size
    return offset
  }

  #reserve(size: number): void {
    const needed = this.#end + size + 1
    if (needed <= this.#bytes.length) return
    if (needed > 3 * MAX_PLAN_SIZE) throw tooLarge()
    const larger = Buffer.alloc(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(larger, 0, 0, this.#end)
    this.#bytes = larger
    this.#words = wordsOf(larger)
  }
}

function wordsOf(bytes: Buffer): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2)
}

/** More than execve(2) takes, so no such command could ever run. */
function tooLarge(): NodeJS.ErrnoException {
  return Object.assign(new Error('the plan is too large'), { code: 'E2BIG' })
}
