/** Half-open ranges of ids, and sets of them. Everything that compares ranges does it here. */

import { describe, ID_LIMIT, type IdRange, isUint32, notUint32 } from './types.js'

export function endOf(range: IdRange): number {
  return range.start + range.size
}

/** Accepts empty ranges, and any that ends at or before 2³². Returns a copy. */
export function checkRange(range: IdRange, name = 'range'): IdRange {
  if (typeof range !== 'object' || range === null) {
    throw new TypeError(`${name} must be { start, size }, not ${describe(range)}`)
  }
  const { start, size } = range
  if (typeof start !== 'number' || !isUint32(start)) throw notUint32(`${name}.start`, start)
  if (typeof size !== 'number') throw notUint32(`${name}.size`, size)
  // 2³² itself is a size: all ids there are.
  if (!Number.isInteger(size) || size < 0) {
    throw new RangeError(`${name}.size must be an integer of 0 or more, not ${size}`)
  }
  if (start + size > ID_LIMIT) throw new RangeError(`${name} ${start}+${size} passes the last 32-bit id`)
  return { start, size }
}

export function checkRanges(ranges: Iterable<IdRange>, name: string): IdRange[] {
  const checked: IdRange[] = []
  for (const range of ranges) checked.push(checkRange(range, `${name}[${checked.length}]`))
  return checked
}

/** What both have, or undefined. */
export function intersection(a: IdRange, b: IdRange): IdRange | undefined {
  const start = Math.max(a.start, b.start)
  const size = Math.min(endOf(a), endOf(b)) - start
  return size > 0 ? { start, size } : undefined
}

/** The same ids as the fewest ranges, in order. */
export function normalizeRanges(ranges: Iterable<IdRange>): IdRange[] {
  const sorted = [...ranges].filter((range) => range.size > 0).sort((a, b) => a.start - b.start)
  const merged: Array<{ start: number; size: number }> = []
  for (const { start, size } of sorted) {
    const last = merged.at(-1)
    if (last !== undefined && start <= endOf(last))
      last.size = Math.max(endOf(last), start + size) - last.start
    else merged.push({ start, size })
  }
  return merged
}

/** The ids that both sets have, as the fewest ranges, in order. */
export function intersectRanges(a: Iterable<IdRange>, b: Iterable<IdRange>): IdRange[] {
  const left = normalizeRanges(a)
  const right = normalizeRanges(b)
  const shared: IdRange[] = []
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    const [x, y] = [left[i]!, right[j]!]
    const both = intersection(x, y)
    if (both !== undefined) shared.push(both)
    if (endOf(x) < endOf(y)) i++
    else j++
  }
  return shared
}

/**
 * The ids of `from` that `remove` does not have, as the fewest ranges, in order.
 *
 * @throws RangeError or TypeError for what is no range.
 */
export function subtractRanges(from: Iterable<IdRange>, remove: Iterable<IdRange>): IdRange[] {
  const removed = normalizeRanges(checkRanges(remove, 'remove'))
  return normalizeRanges(checkRanges(from, 'from')).flatMap((range) => cut(range, removed))
}

/** What is left of one range; `removed` is in order and without overlap. */
export function cut(range: IdRange, removed: readonly IdRange[]): IdRange[] {
  const left: IdRange[] = []
  let start = range.start
  for (const hole of removed) {
    if (endOf(hole) <= start) continue
    if (hole.start >= endOf(range)) break
    if (hole.start > start) left.push({ start, size: hole.start - start })
    start = endOf(hole)
  }
  if (start < endOf(range)) left.push({ start, size: endOf(range) - start })
  return left
}

/** Whether every id of `range` is in the set `ranges`, be it across several of them. */
export function covers(ranges: Iterable<IdRange>, range: IdRange): boolean {
  return cut(range, normalizeRanges(ranges)).length === 0
}
