/** One reading of the host. A reading that failed is a fact as well: it says what could not be seen. */

import type { Evidence } from '../types.js'

export interface Known<T> {
  readonly source: string
  readonly value: T
  /** As it was read, for people. */
  readonly text: string
}

export interface Unreadable {
  readonly source: string
  /** The errno's name; ENODATA where the file was read and does not say. */
  readonly unreadable: string
}

export type Fact<T> = Known<T> | Unreadable

export function known<T>(source: string, value: T, text: string = String(value)): Known<T> {
  return { source, value, text }
}

export function unreadable(source: string, code: string): Unreadable {
  return { source, unreadable: code }
}

export function isKnown<T>(fact: Fact<T>): fact is Known<T> {
  return 'value' in fact
}

/** undefined where it could not be read. */
export function valueIn<T>(fact: Fact<T>): T | undefined {
  return isKnown(fact) ? fact.value : undefined
}

/** `parse` answers undefined where the text does not say. Whatever `read` throws becomes its code. */
export function factOf<T>(
  source: string,
  read: () => string,
  parse: (text: string) => T | undefined,
): Fact<T> {
  try {
    const text = read()
    const value = parse(text)
    return value === undefined ? unreadable(source, 'ENODATA') : known(source, value, text.trim())
  } catch (error) {
    return unreadable(source, codeOf(error))
  }
}

/** The same reading under another view: one file often holds several facts. */
export function derive<T, U>(
  fact: Fact<T>,
  source: string,
  view: (value: T) => { value: U; text: string } | undefined,
): Fact<U> {
  if (!isKnown(fact)) return unreadable(source, fact.unreadable)
  const seen = view(fact.value)
  return seen === undefined ? unreadable(source, 'ENODATA') : known(source, seen.value, seen.text)
}

export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : 'EINVAL'
}

export function evidenceOf(fact: Fact<unknown>): Evidence {
  if (isKnown(fact)) return { source: fact.source, value: fact.text }
  // No such file is an answer: the kernel, or the distribution's patch of it, has no such switch.
  return {
    source: fact.source,
    value: fact.unreadable === 'ENOENT' ? 'absent' : `unreadable: ${fact.unreadable}`,
  }
}
