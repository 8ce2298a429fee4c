/** Lays a plan's blocks out behind its steps, as native/plan/decode.h demands them. */

import { HEADER_SIZE, MAX_PLAN_SIZE, MAX_STEPS, PLAN_MAGIC, PLAN_VERSION, STEP_SIZE } from './format.js'

export interface Block {
  readonly offset: number
  readonly size: number
}

const NONE: Block = { offset: 0, size: 0 }

/** Plans are small and are handed over at once: one buffer serves all of this thread's. */
const scratch = Buffer.alloc(64 << 10)

export class Writer {
  #bytes = scratch
  /** The same memory: everything but text lies on word boundaries. */
  #words = wordsOf(scratch)
  #end: number
  readonly #steps: number
  #written = 0

  constructor(steps: number) {
    if (steps > MAX_STEPS) throw tooLarge()
    this.#steps = steps
    this.#end = HEADER_SIZE + steps * STEP_SIZE
    this.#reserve(0)
  }

  /** The next one. `high`: the upper 32 bits of `number`, as two ids do not fit into a double. */
  step(op: number, flags: number, number: number, data = NONE, more = NONE, high = 0): void {
    const at = (HEADER_SIZE + this.#written++ * STEP_SIZE) / 4
    const words = this.#words
    words[at] = op
    words[at + 1] = flags
    words[at + 2] = number
    words[at + 3] = high
    words[at + 4] = data.offset
    words[at + 5] = data.size
    words[at + 6] = more.offset
    words[at + 7] = more.size
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
    let word = offset / 4
    for (const text of strings) {
      const at = this.string(text).offset
      this.#words[word++] = at
      this.#words[word++] = 0
    }
    this.#words[word++] = 0
    this.#words[word] = 0
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

  /** Bytes that are read as words of up to 64 bits. */
  block(content: Uint8Array): Block {
    const offset = this.#aligned(8, content.length)
    this.#bytes.set(content, offset)
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
  finish(flags: number): Buffer {
    // One more byte: the NUL that ends the plan, and so every string in it.
    this.#reserve(1)
    this.#bytes[this.#end] = 0
    const size = this.#end + 1
    if (size > MAX_PLAN_SIZE) throw tooLarge()
    const words = this.#words
    words[0] = PLAN_MAGIC
    words[1] = PLAN_VERSION
    words[2] = size
    words[3] = this.#steps
    words[4] = 0xffffffff
    words[5] = flags
    words.fill(0, 6, HEADER_SIZE / 4)
    return this.#bytes.subarray(0, size)
  }

  #aligned(to: number, size: number): number {
    const offset = Math.ceil(this.#end / to) * to
    this.#reserve(offset - this.#end + size)
    // At most seven: Buffer.fill would take longer over its arguments.
    for (let at = this.#end; at < offset; at++) this.#bytes[at] = 0
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
