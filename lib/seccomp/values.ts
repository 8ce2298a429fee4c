/** Reading of untyped values; errors name the entry, as `syscalls[3].args[0].index`. */

import { nearest } from '../plan/option-names.js'

type Fields = Readonly<Record<string, unknown>>

export function fields(value: unknown, known: readonly string[], entry: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${entry}: expected an object, got ${shown(value)}`)
  }
  const read = value as Fields
  for (const name of Object.keys(read)) {
    if (known.includes(name) || isAbsent(read[name])) continue
    throw new TypeError(`${entry}: unknown key '${name}'${suggestion(name, known)}`)
  }
  return read
}

/** An absent list is empty; so is null, which Go's encoder writes for one. */
export function list(value: unknown, entry: string): readonly unknown[] {
  if (isAbsent(value)) return []
  if (!Array.isArray(value)) throw new TypeError(`${entry}: expected an array, got ${shown(value)}`)
  return value
}

export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null
}

export function choice<Name extends string>(value: unknown, known: readonly Name[], entry: string): Name {
  const found = known.find((name) => name === value)
  if (found !== undefined) return found
  const near = typeof value === 'string' ? nearest(value, known) : undefined
  const hint = near === undefined ? `; expected one of ${known.join(', ')}` : `; did you mean ${near}?`
  throw new TypeError(`${entry}: ${shown(value)} is not known${hint}`)
}

export function integer(value: unknown, limit: number, entry: string): number {
  if (typeof value !== 'number') throw new TypeError(`${entry}: expected a number, got ${shown(value)}`)
  if (!Number.isInteger(value) || value < 0 || value > limit) {
    throw new RangeError(`${entry}: expected an integer from 0 to ${limit}, got ${value}`)
  }
  return value
}

/** 64 unsigned bits. */
export function word(value: unknown, entry: string): bigint {
  const read = typeof value === 'number' ? exact(value, entry) : value
  if (typeof read !== 'bigint' && !(typeof read === 'string' && /^\d+$/.test(read))) {
    throw new TypeError(`${entry}: expected a number, a bigint or a decimal string, got ${shown(value)}`)
  }
  const bits = BigInt(read)
  if (bits < 0n || bits > 0xffff_ffff_ffff_ffffn) {
    throw new RangeError(`${entry}: ${bits} is not a value of 64 unsigned bits`)
  }
  return bits
}

function exact(value: number, entry: string): bigint {
  if (Number.isSafeInteger(value)) return BigInt(value)
  // JSON.parse has rounded it already: compiled, it would compare with another value.
  const reason = Number.isInteger(value)
    ? 'is not exact above 2^53 - 1: pass a bigint or a decimal string'
    : 'is not an integer'
  throw new RangeError(`${entry}: ${value} ${reason}`)
}

export function suggestion(name: string, known: Iterable<string>): string {
  const near = nearest(name, known)
  return near === undefined ? '' : `; did you mean '${near}'?`
}

export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  return typeof value === 'object' && value !== null
    ? Array.isArray(value)
      ? 'an array'
      : 'an object'
    : String(value)
}
