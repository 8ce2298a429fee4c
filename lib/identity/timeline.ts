/** Registrations that one key has had, found by time. */

import type { Registration } from './entry.js'

export class Timeline {
  /** By `from`. */
  readonly #items: Registration[] = []
  /** latest[i]: the largest `to` of items 0…i. From then on none of them is alive: the way back ends there. */
  readonly #latest: number[] = []

  get isEmpty(): boolean {
    return this.#items.length === 0
  }

  /** The one that has ever had the key; undefined where there are several, or none. */
  get sole(): Registration | undefined {
    return this.#items.length === 1 ? this.#items[0] : undefined
  }

  clone(): Timeline {
    const copy = new Timeline()
    copy.#items.push(...this.#items)
    copy.#latest.push(...this.#latest)
    return copy
  }

  insert(item: Registration): void {
    const at = this.#after(item.from)
    this.#items.splice(at, 0, item)
    this.#latest.splice(at, 0, 0)
    this.#sum(at)
  }

  delete(item: Registration): void {
    const at = this.#items.indexOf(item)
    if (at < 0) return
    this.#items.splice(at, 1)
    this.#latest.splice(at, 1)
    this.#sum(at)
  }

  /** Adds to `found` what is alive at `time`. */
  collect(time: number, found: Registration[]): void {
    const items = this.#items
    let i = items.length - 1
    // Most have one, or the youngest is meant: no search.
    if (i > 0 && items[i]!.from > time) i = this.#after(time) - 1
    for (; i >= 0 && this.#latest[i]! > time; i--) {
      const item = items[i]!
      if (item.from <= time && time < item.to) found.push(item)
    }
  }

  /** Where the first item starts that is later than `time`. */
  #after(time: number): number {
    let [low, high] = [0, this.#items.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#items[middle]!.from <= time) low = middle + 1
      else high = middle
    }
    return low
  }

  #sum(from: number): void {
    let latest = from === 0 ? Number.NEGATIVE_INFINITY : this.#latest[from - 1]!
    for (let i = from; i < this.#items.length; i++) {
      latest = Math.max(latest, this.#items[i]!.to)
      this.#latest[i] = latest
    }
  }
}
