/** JSON made as bytes: audit lines become output without a string in between. */

import { isUtf8 } from 'node:buffer'
import { BACKSLASH, HEX, QUOTE, ZERO } from './bytes.js'

/** The character behind the backslash; 'u' for those that have no short form; 0 for bytes that stand for themselves. */
const ESCAPES = new Uint8Array(256)
ESCAPES.fill(0x75, 0, 0x20)
for (const [byte, letter] of [
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0c, 'f'],
  [0x0d, 'r'],
  [QUOTE, '"'],
  [BACKSLASH, '\\'],
] as const)
  ESCAPES[byte] = letter.charCodeAt(0)

const HEX_DIGITS = Buffer.from('0123456789abcdef', 'latin1')
/** What one byte can become: \u00XX. */
export const MOST_PER_BYTE = 6

export class JsonBytes {
  bytes: Buffer
  length = 0
  /** How large it is when nothing large has passed. */
  readonly #size: number

  constructor(size: number) {
    this.#size = size
    this.bytes = Buffer.allocUnsafe(size)
  }

  /** Makes room for so many more bytes: what follows writes without looking. */
  reserve(size: number): void {
    if (this.length + size <= this.bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + size))
    this.bytes.copy(larger, 0, 0, this.length)
    this.bytes = larger
  }

  /** A copy of what was written, as long as that is: a reader may keep it. Starts again. */
  take(): Buffer {
    const taken = Buffer.from(this.bytes.subarray(0, this.length))
    if (this.bytes.length > this.#size) this.bytes = Buffer.allocUnsafe(this.#size)
    this.length = 0
    return taken
  }

  byte(byte: number): void {
    this.bytes[this.length++] = byte
  }

  /** As they are. */
  copy(from: Uint8Array, start: number, end: number): void {
    const { bytes } = this
    let at = this.length
    for (let i = start; i < end; i++) bytes[at++] = from[i]!
    this.length = at
  }

  text(text: Uint8Array): void {
    this.copy(text, 0, text.length)
  }

  /** The inside of a JSON string. */
  escaped(from: Uint8Array, start: number, end: number): void {
    const { bytes } = this
    let at = this.length
    for (let i = start; i < end; i++) {
      const byte = from[i]!
      if (ESCAPES[byte] === 0) bytes[at++] = byte
      else at = escapeByte(bytes, at, byte)
    }
    this.length = at
  }

  /** The inside of a JSON string, from upper-case hex. */
  unhexed(from: Uint8Array, start: number, end: number): void {
    const { bytes } = this
    let at = this.length
    for (let i = start; i < end; i += 2) {
      const byte = (HEX[from[i]!]! << 4) | HEX[from[i + 1]!]!
      if (ESCAPES[byte] === 0) bytes[at++] = byte
      else at = escapeByte(bytes, at, byte)
    }
    this.length = at
  }

  /** Decimal, of 32 bits. */
  integer(value: number): void {
    let digits = 1
    for (let power = 10; value >= power; power *= 10) digits++
    let rest = value
    for (let at = this.length + digits - 1; at >= this.length; at--) {
      const quotient = Math.floor(rest / 10)
      this.bytes[at] = ZERO + rest - quotient * 10
      rest = quotient
    }
    this.length += digits
  }

  /** Replaces what since `start` is no UTF-8 by U+FFFD. Returns whether there was any. JSON's own bytes are ASCII. */
  repairSince(start: number): boolean {
    const written = this.bytes.subarray(start, this.length)
    if (isUtf8(written)) return false
    const repaired = Buffer.from(written.toString('utf8'))
    this.length = start
    this.reserve(repaired.length)
    this.copy(repaired, 0, repaired.length)
    return true
  }
}

function escapeByte(bytes: Uint8Array, at: number, byte: number): number {
  const letter = ESCAPES[byte]!
  bytes[at] = BACKSLASH
  bytes[at + 1] = letter
  if (letter !== 0x75) return at + 2
  bytes[at + 2] = bytes[at + 3] = ZERO
  bytes[at + 4] = HEX_DIGITS[byte >> 4]!
  bytes[at + 5] = HEX_DIGITS[byte & 15]!
  return at + 6
}
