/**
 * Pieces of the id space as columns. Of ten thousand containers the objects are spread over the memory, and following
 * them costs a microsecond; most pieces have had one owner, and all that an answer needs of it is here.
 */

import type { IdKind } from '../ids/index.js'
import { isShared, mapOf } from './host-ranges.js'
import type { Timeline } from './timeline.js'

const BUCKET_BITS = 16
const BUCKETS = 2 ** (32 - BUCKET_BITS)

export class FlatPieces {
  readonly #starts: Uint32Array
  /** For each 65,536 ids, as many as a container mostly has: the piece in which they start. */
  readonly #buckets = new Int32Array(BUCKETS + 1)
  /** undefined: several, or the host besides, and the timeline knows. null: nobody. */
  readonly names: Array<string | null | undefined>
  /** What makes a host id one inside. */
  readonly shifts: Float64Array
  readonly from: Float64Array
  readonly to: Float64Array

  constructor(kind: IdKind, starts: readonly number[], pieces: readonly Timeline[]) {
    const count = starts.length
    this.#starts = Uint32Array.from(starts)
    this.names = new Array(count)
    this.shifts = new Float64Array(count)
    this.from = new Float64Array(count)
    this.to = new Float64Array(count)
    pieces.forEach((piece, i) => {
      const { sole } = piece
      const start = starts[i]!
      const isCertain = sole !== undefined && !isShared(sole, kind, start)
      this.names[i] = piece.isEmpty ? null : isCertain ? sole.name : undefined
      if (!isCertain) return
      // A piece lies in one extent: all of its ids are shifted alike.
      this.shifts[i] = (mapOf(sole, kind)?.toContainer(start) ?? start) - start
      this.from[i] = sole.from
      this.to[i] = sole.to
    })
    this.#fillBuckets()
  }

  /** The last piece that starts at or before `id`. */
  find(id: number): number {
    const starts = this.#starts
    const bucket = id >>> BUCKET_BITS
    let low = this.#buckets[bucket]!
    let length = this.#buckets[bucket + 1]! - low + 1
    while (length > 1) {
      const half = length >>> 1
      if (starts[low + half]! <= id) low += half
      length -= half
    }
    return low
  }

  #fillBuckets(): void {
    let piece = 0
    for (let bucket = 0; bucket <= BUCKETS; bucket++) {
      const id = bucket * 2 ** BUCKET_BITS
      while (piece + 1 < this.#starts.length && this.#starts[piece + 1]! <= id) piece++
      this.#buckets[bucket] = piece
    }
  }
}
