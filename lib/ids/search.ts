/** One direction of an id map, as sorted columns that a lookup walks without a mispredicted branch. */

import { INVALID_ID } from './types.js'

export interface Translation {
  readonly start: number
  readonly target: number
  readonly size: number
}

export class IdIndex {
  readonly #starts: Uint32Array
  readonly #sizes: Uint32Array
  readonly #targets: Uint32Array
  /** The starts without their lowest bit, which makes differences fit 32 bits with sign. */
  readonly #halves: Int32Array

  /** In any order. Where two claim an id, as lying lengths can make it look, the nearer start has it. */
  constructor(translations: readonly Translation[]) {
    const sorted = [...translations].sort((a, b) => a.start - b.start)
    this.#starts = Uint32Array.from(sorted, ({ start }) => start)
    this.#targets = Uint32Array.from(sorted, ({ target }) => target)
    // An extent that a lying length takes past the last id ends there.
    this.#sizes = Uint32Array.from(sorted, ({ start, target, size }) => {
      return Math.min(size, INVALID_ID - start, INVALID_ID - target)
    })
    this.#halves = Int32Array.from(sorted, ({ start }) => start >>> 1)
  }

  /** -1 where `id`, an integer of 32 bits, is in no extent. */
  translate(id: number): number {
    if (this.#starts.length === 0) return -1
    const halves = this.#halves
    const half = id >>> 1
    let at = 0
    for (let length = halves.length; length > 1; ) {
      const step = length >> 1
      // All ones where halves[at + step] <= half: the sign decides, not a jump.
      at += step & ((halves[at + step]! - half - 1) >> 31)
      length -= step
    }
    return this.#translateAt(at, id, -1)
  }

  /** `found` is the last extent whose start, without its lowest bit, is not past `id`'s; or 0. */
  #translateAt(found: number, id: number, unmapped: number): number {
    // Two starts can differ in the lowest bit alone: then the upper one may lie past `id`.
    const at = found > 0 && this.#starts[found]! > id ? found - 1 : found
    const offset = id - this.#starts[at]!
    return offset >= 0 && offset < this.#sizes[at]! ? this.#targets[at]! + offset : unmapped
  }

  translateAll(ids: Uint32Array, unmapped: number): Uint32Array {
    const translated = new Uint32Array(ids.length)
    if (this.#starts.length === 0) return translated.fill(unmapped)
    // One at a time over the few that do not fill a group of four, four at a time over the rest.
    const grouped = ids.length - (ids.length % 4)
    for (let i = grouped; i < ids.length; i++) {
      const found = this.translate(ids[i]!)
      translated[i] = found < 0 ? unmapped : found
    }
    this.#translateGroups(ids, translated, grouped, unmapped)
    return translated
  }

  /** A search waits for each of its loads; four that run abreast wait together. */
  #translateGroups(ids: Uint32Array, translated: Uint32Array, end: number, unmapped: number): void {
    const [starts, sizes, targets, halves] = [this.#starts, this.#sizes, this.#targets, this.#halves]
    let [start, size, target] = [starts[0]!, sizes[0]!, targets[0]!]
    for (let i = 0; i < end; i += 4) {
      const [a, b, c, d] = [ids[i]!, ids[i + 1]!, ids[i + 2]!, ids[i + 3]!]
      const low = Math.min(a, b, c, d)
      // Files of one owner lie together: all four may be where the last one was.
      if (low >= start && Math.max(a, b, c, d) - start < size) {
        const shift = target - start
        translated[i] = a + shift
        translated[i + 1] = b + shift
        translated[i + 2] = c + shift
        translated[i + 3] = d + shift
        continue
      }
      let [p, q, r, s] = [0, 0, 0, 0]
      const [e, f, g, h] = [a >>> 1, b >>> 1, c >>> 1, d >>> 1]
      for (let length = halves.length; length > 1; ) {
        const step = length >> 1
        p += step & ((halves[p + step]! - e - 1) >> 31)
        q += step & ((halves[q + step]! - f - 1) >> 31)
        r += step & ((halves[r + step]! - g - 1) >> 31)
        s += step & ((halves[s + step]! - h - 1) >> 31)
        length -= step
      }
      translated[i] = this.#translateAt(p, a, unmapped)
      translated[i + 1] = this.#translateAt(q, b, unmapped)
      translated[i + 2] = this.#translateAt(r, c, unmapped)
      translated[i + 3] = this.#translateAt(s, d, unmapped)
      if (starts[s]! <= d) [start, size, target] = [starts[s]!, sizes[s]!, targets[s]!]
    }
  }
}
