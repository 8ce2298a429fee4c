/** Host ids → registrations: the id space cut at every extent's ends, one timeline for each piece. */

import type { IdKind, IdRange } from '../ids/index.js'
import { endOf } from '../ids/ranges.js'
import type { Registration } from './entry.js'
import { FlatPieces } from './flat-pieces.js'
import { Timeline } from './timeline.js'

export class RangeIndex {
  readonly #kind: IdKind
  /** Where the pieces start; each goes on to the next one's start. */
  readonly #starts: number[] = [0]
  readonly #pieces: Timeline[] = [new Timeline()]
  /** Made at the first question after a change. */
  #flat: FlatPieces | undefined

  constructor(kind: IdKind) {
    this.#kind = kind
  }

  insert(extents: readonly IdRange[], item: Registration): void {
    this.#flat = undefined
    // A piece is shared with the host as a whole, or not at all.
    for (const id of item.shared[this.#kind]) {
      this.#cut(id)
      this.#cut(id + 1)
    }
    for (const extent of extents) {
      const first = this.#cut(extent.start)
      const end = this.#cut(endOf(extent))
      for (let i = first; i < end; i++) this.#pieces[i]!.insert(item)
    }
  }

  /** The cuts stay: a range is mostly given out again. */
  delete(extents: readonly IdRange[], item: Registration): void {
    this.#flat = undefined
    for (const extent of extents) {
      const end = endOf(extent)
      for (let i = this.#find(extent.start); i < this.#starts.length && this.#starts[i]! < end; i++) {
        this.#pieces[i]!.delete(item)
      }
    }
  }

  /** For lookups: with the answer in it where a piece has had one owner alone. */
  flat(): FlatPieces {
    this.#flat ??= new FlatPieces(this.#kind, this.#starts, this.#pieces)
    return this.#flat
  }

  at(id: number): Timeline {
    return this.#pieces[this.flat().find(id)]!
  }

  /** The last piece that starts at or before `id`. */
  #find(id: number): number {
    const starts = this.#starts
    let [low, length] = [0, starts.length]
    while (length > 1) {
      const half = length >>> 1
      if (starts[low + half]! <= id) low += half
      length -= half
    }
    return low
  }

  /** Makes a piece start at `id`, and returns which. */
  #cut(id: number): number {
    const at = this.#find(id)
    if (this.#starts[at] === id) return at
    this.#starts.splice(at + 1, 0, id)
    this.#pieces.splice(at + 1, 0, this.#pieces[at]!.clone())
    return at + 1
  }
}
