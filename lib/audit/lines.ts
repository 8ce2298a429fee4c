/** Lines out of chunks, as places in bytes. */

import { NEWLINE } from './bytes.js'

export interface LineReader {
  /** `whole`: false for a piece, the last one too, of a line that is too long to be kept. */
  line(bytes: Uint8Array, start: number, end: number, whole: boolean): void
}

/** Nothing of audit's comes near: MAX_AUDIT_MESSAGE_LENGTH is 8970. */
export const MAX_LINE = 8 * 2 ** 20

export class LineSplitter {
  /** The start of a line whose end has not come yet. */
  #kept = Buffer.alloc(0)
  #length = 0
  /** Pieces of it have gone already: its rest, which its writer chose, may look like a record. */
  #isContinued = false

  feed(chunk: Buffer, reader: LineReader): void {
    let start = 0
    if (this.#length > 0) {
      const end = chunk.indexOf(NEWLINE)
      if (end < 0) {
        this.#keep(chunk, 0, chunk.length, reader)
        return
      }
      this.#keep(chunk, 0, end, reader)
      this.#emitLast(reader)
      start = end + 1
    }
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start)
      if (end < 0) break
      reader.line(chunk, start, end, true)
      start = end + 1
    }
    this.#keep(chunk, start, chunk.length, reader)
  }

  /** The last line may have no end. */
  end(reader: LineReader): void {
    if (this.#length > 0) this.#emitLast(reader)
  }

  #keep(chunk: Buffer, start: number, end: number, reader: LineReader): void {
    for (let at = start; at < end; ) {
      if (this.#length === MAX_LINE) {
        this.#emitKept(reader, false)
        this.#isContinued = true
      }
      const size = Math.min(end - at, MAX_LINE - this.#length)
      this.#reserve(size)
      chunk.copy(this.#kept, this.#length, at, at + size)
      this.#length += size
      at += size
    }
  }

  #reserve(size: number): void {
    const needed = this.#length + size
    if (needed <= this.#kept.length) return
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#kept.length))
    this.#kept.copy(larger, 0, 0, this.#length)
    this.#kept = larger
  }

  #emitLast(reader: LineReader): void {
    this.#emitKept(reader, !this.#isContinued)
    this.#isContinued = false
  }

  #emitKept(reader: LineReader, whole: boolean): void {
    const length = this.#length
    this.#length = 0
    reader.line(this.#kept, 0, length, whole)
  }
}
