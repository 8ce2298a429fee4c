/** Bytes that are written one after the other. */

/** From here on a call to copy is cheaper than a loop. */
const LONG = 48

export class Output {
  #bytes: Buffer
  #length = 0
  /** How large it is when nothing large has passed. */
  readonly #size: number

  constructor(size: number) {
    this.#size = size
    this.#bytes = Buffer.allocUnsafe(size)
  }

  /** Makes room for so many more bytes: what follows writes without looking. */
  reserve(size: number): void {
    const needed = this.#length + size
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, needed))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }

  byte(byte: number): void {
    this.#bytes[this.#length++] = byte
  }

  text(text: Buffer): void {
    this.copy(text, 0, text.length)
  }

  copy(from: Buffer, start: number, end: number): void {
    if (end - start >= LONG) {
      this.#length += from.copy(this.#bytes, this.#length, start, end)
      return
    }
    const bytes = this.#bytes
    let at = this.#length
    for (let i = start; i < end; i++) bytes[at++] = from[i]!
    this.#length = at
  }

  /** A copy of what was written, which a reader may keep. Starts again. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#length))
    if (this.#bytes.length > this.#size) this.#bytes = Buffer.allocUnsafe(this.#size)
    this.#length = 0
    return taken
  }
}
