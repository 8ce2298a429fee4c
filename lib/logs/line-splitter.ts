/** Lines out of chunks, as places in bytes; one that is too long comes in pieces. */

import { NEWLINE } from './bytes.js'
import { boundaryBefore } from './utf8.js'

/** `part`: more of the line follows. `open`: the stream ended within it. */
export type LineEnd = 'newline' | 'part' | 'open'

export interface LineReader {
  line(bytes: Buffer, start: number, end: number, how: LineEnd): void
}

/** Whether a cut goes through a character is seen by the bytes of the longest that may lie behind it. */
const AHEAD = 3
/** What is kept for the next line when a long one is over. */
const SMALL = 1 << 16

export class LineSplitter {
  readonly #most: number
  /** What is kept at most. */
  readonly #capacity: number
  readonly #reader: LineReader
  /** The start of a line whose end has not come yet. */
  #kept = Buffer.alloc(0)
  #length = 0

  constructor(most: number, reader: LineReader) {
    this.#most = most
    this.#capacity = most + AHEAD
    this.#reader = reader
  }

  /** What comes out does not depend on how the bytes are cut into chunks. */
  feed(chunk: Buffer): void {
    let start = 0
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start)
      if (end < 0) break
      if (this.#length === 0) this.#emit(chunk, start, end, 'newline')
      else {
        this.#keep(chunk, start, end)
        this.#emitKept('newline')
      }
      start = end + 1
    }
    this.#keep(chunk, start, chunk.length)
  }

  /** The last line may have no end. */
  end(): void {
    if (this.#length > 0) this.#emitKept('open')
  }

  #emitKept(how: LineEnd): void {
    const length = this.#length
    this.#length = 0
    this.#emit(this.#kept, 0, length, how)
    if (this.#kept.length > SMALL) this.#kept = Buffer.alloc(0)
  }

  #emit(bytes: Buffer, start: number, end: number, how: LineEnd): void {
    let from = start
    while (end - from > this.#most) from = this.#emitPart(bytes, from, end)
    this.#reader.line(bytes, from, end, how)
  }

  /** Never cuts a character. */
  #emitPart(bytes: Buffer, start: number, end: number): number {
    const cut = boundaryBefore(bytes, start, start + this.#most, end)
    this.#reader.line(bytes, start, cut, 'part')
    return cut
  }

  #keep(chunk: Buffer, start: number, end: number): void {
    for (let at = start; at < end; ) {
      const size = Math.min(end - at, this.#capacity - this.#length)
      this.#reserve(this.#length + size)
      chunk.copy(this.#kept, this.#length, at, at + size)
      this.#length += size
      at += size
      if (this.#length === this.#capacity) this.#shedPart()
    }
  }

  #shedPart(): void {
    const cut = this.#emitPart(this.#kept, 0, this.#length)
    this.#kept.copy(this.#kept, 0, cut, this.#length)
    this.#length -= cut
  }

  #reserve(size: number): void {
    if (size <= this.#kept.length) return
    const larger = Buffer.allocUnsafe(Math.min(this.#capacity, Math.max(size, 2 * this.#kept.length)))
    this.#kept.copy(larger, 0, 0, this.#length)
    this.#kept = larger
  }
}
