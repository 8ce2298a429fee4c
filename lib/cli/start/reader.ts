import type { SpawnOptions } from '../../spawn/options.js'
import type { OptionTable } from '../option.js'

/** What the command line has said so far. */
export type Draft = { -readonly [K in keyof SpawnOptions]: SpawnOptions[K] }

/** `values`: of every time that the option stands there, at least once; without meaning where it takes none. */
export type Reader = (draft: Draft, values: readonly [string, ...string[]], flag: string) => void

/** One for each option of a table. */
export type Readers<T extends OptionTable> = { readonly [Name in keyof T]: Reader }

/** Of an option that is no list the last one holds. */
export function last(values: readonly [string, ...string[]]): string {
  return values[values.length - 1]!
}

/** A list with commas, in one option or several. An empty one is a list of nothing. */
export function items(values: readonly string[]): string[] {
  return values.flatMap((value) => (value === '' ? [] : value.split(',')))
}
