/** Host ids → registrations: the id space cut at every range's ends, one timeline for each piece. */

import type { IdRange } from '../ids/index.js'
import { endOf } from '../ids/ranges.js'
import type { Registration } from './entry.js'
import { Timeline } from './timeline.js'

export class RangeIndex {
  /** Where the pieces start; each goes on to the next one's start. */
  readonly #starts: number[] = [0]
  readonly #pieces: Timeline[] = [new Timeline()]

  insert(ranges: readonly IdRange[], item: Registration): void {
    for (const range of ranges) {
      const first = this.#cut(range.start)
      const end = this.#cut(endOf(range))
      for (let i = first; i < end; i++) this.#pieces[i]!.insert(item)
    }
  }

  /** The cuts stay: a range is mostly given out again. */
  delete(ranges: readonly IdRange[], item: Registration): void {
    for (const range of ranges) {
      const end = endOf(range)
      for (let i = this.#find(range.start); i < this.#starts.length && this.#starts[i]! < end; i++) {
        this.#pieces[i]!.delete(item)
      }
    }
  }

  at(id: number): Timeline {
    return this.#pieces[this.#find(id)]!
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
