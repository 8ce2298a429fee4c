/** Where the fields of a record stand, in one array that is used again for every record. */

import { ascii, hasAt } from './bytes.js'
import { FIELD, HASH_START, hashByte } from './fields.js'

/** Bits of a span's flags. */
export const SPAN = {
  quoted: 1,
  /** From msg='…'. */
  inner: 2,
  /** Added by auditd, behind the separator. */
  enriched: 4,
  /** Has the name of another that counts. */
  dropped: 8,
} as const

/** Names that stand in no record: as negative places. */
export const SYNTHETIC = { msg: -1, seresult: -2, seperms: -3 } as const
const SYNTHETIC_NAMES = ['msg', 'seresult', 'seperms'].map((name) => {
  const bytes = ascii(name)
  return { bytes, hash: bytes.reduce(hashByte, HASH_START) }
})

const STRIDE = 7

export class SpanList {
  count = 0
  /** Name's start and end, value's start and end, flags, hash of the name, traits. */
  #data = new Int32Array(64 * STRIDE)
  /** Which span was the first with a hash: open addressing, entries of older records are told by their stamp. */
  #slots = new Int32Array(256)
  #stamps = new Int32Array(256)
  #stamp = 0

  clear(): void {
    this.count = 0
  }

  nameStart(i: number): number {
    return this.#data[i * STRIDE]!
  }

  nameEnd(i: number): number {
    return this.#data[i * STRIDE + 1]!
  }

  valueStart(i: number): number {
    return this.#data[i * STRIDE + 2]!
  }

  valueEnd(i: number): number {
    return this.#data[i * STRIDE + 3]!
  }

  flags(i: number): number {
    return this.#data[i * STRIDE + 4]!
  }

  traits(i: number): number {
    return this.#data[i * STRIDE + 6]!
  }

  /** Starts a span; value() completes it. */
  name(start: number, end: number, hash: number, traits: number): void {
    const at = this.count * STRIDE
    if (at + STRIDE > this.#data.length) this.#grow()
    const data = this.#data
    data[at] = start
    data[at + 1] = end
    data[at + 5] = hash
    data[at + 6] = traits
  }

  value(start: number, end: number, flags: number): void {
    const at = this.count * STRIDE
    const data = this.#data
    data[at + 2] = start
    data[at + 3] = end
    data[at + 4] = flags
    this.count++
  }

  add(name: number, start: number, end: number, flags: number): void {
    this.name(name, name, SYNTHETIC_NAMES[-name - 1]!.hash, 0)
    this.value(start, end, flags)
  }

  /** Whether the span that name() has started has this name. */
  nameIs(bytes: Uint8Array, name: Uint8Array): boolean {
    const at = this.count * STRIDE
    const [start, end] = [this.#data[at]!, this.#data[at + 1]!]
    return end - start === name.length && hasAt(bytes, start, end, name)
  }

  lacks(synthetic: number): boolean {
    for (let i = 0; i < this.count; i++) if (this.nameStart(i) === synthetic) return false
    return true
  }

  /**
   * Words without a name: in a message they go on with the value before them, as behind `op=` everywhere; at a
   * section's start they are its `msg`. Elsewhere they are fillers (`for`, `:`).
   */
  text(start: number, end: number, flags: number): void {
    const last = this.count - 1
    const at = last * STRIDE
    if (last < 0 || (this.flags(last) & ~SPAN.quoted) !== flags) {
      this.add(SYNTHETIC.msg, start, end, flags)
      return
    }
    const name = this.nameStart(last)
    const goesOn =
      name >= 0 ? flags === SPAN.inner || (this.traits(last) & FIELD.words) !== 0 : name === SYNTHETIC.msg
    if (goesOn && (this.flags(last) & SPAN.quoted) === 0) this.#data[at + 3] = end
  }

  /** Of fields with one name the first counts: the kernel's own come first. Those in msg='…' count last. */
  dropRepeated(bytes: Uint8Array): void {
    while (this.#slots.length < this.count * 4) {
      this.#slots = new Int32Array(this.#slots.length * 2)
      this.#stamps = new Int32Array(this.#slots.length)
      this.#stamp = 0
    }
    this.#stamp++
    const mask = this.#slots.length - 1
    for (let i = 0; i < this.count; i++) {
      const at = i * STRIDE
      let slot = this.#data[at + 5]! & mask
      for (; this.#stamps[slot] === this.#stamp; slot = (slot + 1) & mask) {
        const other = this.#slots[slot]!
        if (!this.#isRepeated(bytes, other, i)) continue
        if (this.#data[other * STRIDE + 4]! & ~this.#data[at + 4]! & SPAN.inner) {
          this.#data[other * STRIDE + 4]! |= SPAN.dropped
          this.#slots[slot] = i
        } else {
          this.#data[at + 4]! |= SPAN.dropped
        }
        break
      }
      if (this.#stamps[slot] !== this.#stamp) {
        this.#stamps[slot] = this.#stamp
        this.#slots[slot] = i
      }
    }
  }

  /** The name of span `i`, wherever it stands. */
  nameBytes(i: number, bytes: Uint8Array): Uint8Array {
    const start = this.nameStart(i)
    return start < 0 ? SYNTHETIC_NAMES[-start - 1]!.bytes : bytes.subarray(start, this.nameEnd(i))
  }

  #isRepeated(bytes: Uint8Array, a: number, b: number): boolean {
    const [x, y] = [a * STRIDE, b * STRIDE]
    const data = this.#data
    if (data[x + 5] !== data[y + 5] || (data[x + 4]! ^ data[y + 4]!) & SPAN.enriched) return false
    if (data[x]! < 0 || data[y]! < 0)
      return Buffer.compare(this.nameBytes(a, bytes), this.nameBytes(b, bytes)) === 0
    const length = data[x + 1]! - data[x]!
    if (data[y + 1]! - data[y]! !== length) return false
    for (let i = 0; i < length; i++) if (bytes[data[x]! + i] !== bytes[data[y]! + i]) return false
    return true
  }

  #grow(): void {
    const larger = new Int32Array(this.#data.length * 2)
    larger.set(this.#data)
    this.#data = larger
  }
}
