/** Rows of the addon's parser, as ProcessStatus objects. */

import type { StatusBatch } from '../native/binding.js'
import { type CapabilityName, capabilitySet } from './capabilities.js'
import { ROW_SLOTS, SLOT } from './columns.js'
import { Status } from './process-status.js'
import type { IdQuad } from './types.js'

export function decodeBatch(batch: StatusBatch): Status[] {
  const rows = new Rows(batch)
  const statuses: Status[] = []
  for (let start = 0; start < rows.numbers.length; start += ROW_SLOTS) {
    statuses.push(new Status(new Row(rows, start)))
  }
  return statuses
}

/** What the rows of one batch share. */
class Rows {
  readonly numbers: Float64Array
  readonly masks: BigUint64Array
  readonly pool: Float64Array
  readonly strings: readonly string[]
  readonly bytes: Uint8Array
  readonly #capabilities = new Map<bigint, ReadonlySet<CapabilityName>>()

  constructor(batch: StatusBatch) {
    this.numbers = new Float64Array(batch.slots)
    this.masks = new BigUint64Array(batch.slots)
    this.pool = new Float64Array(batch.numbers)
    this.strings = batch.strings
    this.bytes = new Uint8Array(batch.bytes)
  }

  /** Most processes have one of a few sets: each is made once. */
  capabilities(mask: bigint): ReadonlySet<CapabilityName> {
    let set = this.#capabilities.get(mask)
    if (set === undefined) {
      set = capabilitySet(mask)
      this.#capabilities.set(mask, set)
    }
    return set
  }
}

/** One row, by column. `slot` arguments are a column's first slot. */
export class Row {
  readonly #rows: Rows
  readonly #start: number

  constructor(rows: Rows, start: number) {
    this.#rows = rows
    this.#start = start
  }

  /** NaN is the parser's word for a line that is not there. */
  number(slot: number): number | undefined {
    const value = this.#rows.numbers[this.#start + slot]!
    return Number.isNaN(value) ? undefined : value
  }

  flag(slot: number): boolean | undefined {
    const value = this.number(slot)
    return value === undefined ? undefined : value !== 0
  }

  mask(slot: number): bigint {
    return this.#rows.masks[this.#start + slot]!
  }

  text(slot: number): string | undefined {
    const index = this.number(slot)
    return index === undefined ? undefined : this.#rows.strings[index]
  }

  /** The process's part of what was read; it shares the memory of all. */
  bytes(): Uint8Array {
    const from = this.number(SLOT.text)!
    return this.#rows.bytes.subarray(from, from + this.number(SLOT.text + 1)!)
  }

  words(slot: number): string[] | undefined {
    return this.text(slot)?.split(' ').filter(Boolean)
  }

  list(slot: number): number[] | undefined {
    const from = this.number(slot)
    if (from === undefined) return undefined
    const { pool } = this.#rows
    const end = from + this.number(slot + 1)!
    const list: number[] = []
    for (let i = from; i < end; i++) list.push(pool[i]!)
    return list
  }

  quad(slot: number): IdQuad | undefined {
    const { numbers } = this.#rows
    const at = this.#start + slot
    if (Number.isNaN(numbers[at])) return undefined
    return {
      real: numbers[at]!,
      effective: numbers[at + 1]!,
      saved: numbers[at + 2]!,
      filesystem: numbers[at + 3]!,
    }
  }

  memory(): Record<string, number> {
    const { pool, strings } = this.#rows
    const from = this.number(SLOT.memory)!
    const end = from + 2 * this.number(SLOT.memory + 1)!
    const memory: Record<string, number> = {}
    for (let i = from; i < end; i += 2) memory[strings[pool[i]!]!] = pool[i + 1]!
    return memory
  }

  /** Two halves: MIPS has 128 signals. */
  signals(slot: number): bigint {
    const high = this.mask(slot + 1)
    return high === 0n ? this.mask(slot) : (high << 64n) | this.mask(slot)
  }

  capabilities(slot: number): ReadonlySet<CapabilityName> {
    return this.#rows.capabilities(this.mask(slot))
  }
}
