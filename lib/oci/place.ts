/** A value of a configuration that somebody else wrote, with the path that names it. */

import { inspect } from 'node:util'
import type { Refusals } from './refusals.js'

type Fields = Readonly<Record<string, unknown>>

export class Place {
  readonly path: string
  readonly value: unknown
  readonly #refusals: Refusals
  readonly #ignored: ReadonlySet<string>

  constructor(value: unknown, refusals: Refusals, ignored: ReadonlySet<string>, path = '') {
    this.path = path
    this.#refusals = refusals
    this.#ignored = ignored
    // null: what Go's encoder writes for an empty list.
    this.value = value === null || ignored.has(path) ? undefined : value
  }

  get isAbsent(): boolean {
    return this.value === undefined
  }

  /** Nothing is asked by it, whatever its key means: absent, or empty all the way down. */
  get saysNothing(): boolean {
    return isEmpty(this.value)
  }

  refuse(reason: string): void {
    this.#refusals.add(this.path === '' ? 'config.json' : this.path, reason)
  }

  at(key: string): Place {
    const path = this.path === '' ? key : `${this.path}.${key}`
    return new Place((this.#fields() as Fields)[key], this.#refusals, this.#ignored, path)
  }

  keys(): string[] {
    return Object.keys(this.#fields())
  }

  /** Refuses what is there beside `known`: isolation that this version has not heard of must not get lost. */
  allow(known: readonly string[], reason: (key: string) => string): this {
    if (!this.isAbsent && !isObject(this.value)) this.#wrong('an object')
    for (const key of this.keys()) {
      const place = this.at(key)
      if (!known.includes(key) && !place.saysNothing) place.refuse(reason(key))
    }
    return this
  }

  /** Its entries, without those that are ignored. */
  list(): Place[] {
    if (this.isAbsent) return []
    if (!Array.isArray(this.value)) {
      this.#wrong('an array')
      return []
    }
    return this.value
      .map((each, index) => new Place(each, this.#refusals, this.#ignored, `${this.path}[${index}]`))
      .filter((place) => !this.#ignored.has(place.path))
  }

  text(): string | undefined {
    if (this.isAbsent) return undefined
    if (typeof this.value !== 'string') return this.#wrong('a string')
    // To the kernel it is the end.
    if (this.value.includes('\0')) return this.#wrong('a string without NUL bytes')
    return this.value
  }

  texts(): string[] {
    return this.list().flatMap((each) => each.required((place) => place.text()) ?? [])
  }

  boolean(): boolean | undefined {
    if (this.isAbsent || typeof this.value === 'boolean') return this.value as boolean | undefined
    return this.#wrong('a boolean')
  }

  integer(least: number, most: number): number | undefined {
    if (this.isAbsent) return undefined
    const number = typeof this.value === 'bigint' ? Number(this.value) : this.value
    if (Number.isInteger(number) && (number as number) >= least && (number as number) <= most) {
      return number as number
    }
    return this.#wrong(`an integer from ${least} to ${most}`)
  }

  /** What spawn's own check of the value throws is a reason to refuse it. */
  attempt<T>(check: () => T): T | undefined {
    try {
      return check()
    } catch (error) {
      this.refuse((error as Error).message)
      return undefined
    }
  }

  required<T>(read: (place: this) => T | undefined): T | undefined {
    if (this.isAbsent) this.refuse('is required')
    return read(this)
  }

  #wrong(expected: string): undefined {
    this.refuse(`must be ${expected}, not ${inspect(this.value, { depth: 0, maxStringLength: 40 })}`)
    return undefined
  }

  #fields(): Fields {
    return isObject(this.value) ? this.value : {}
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Deeper than any configuration goes nothing counts as empty: the stack has an end, and a circle none. */
const MAX_DEPTH = 16

function isEmpty(value: unknown, depth = 0): boolean {
  if (value === undefined || value === null || value === '') return true
  if (typeof value !== 'object' || depth > MAX_DEPTH) return false
  return Object.values(value).every((each) => isEmpty(each, depth + 1))
}
