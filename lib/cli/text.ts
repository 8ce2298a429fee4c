/** Output for people, and for programs. */

import { type Paint, PLAIN, type Style } from './style.js'

export type Cell = string | number | bigint | undefined

/** Aligned columns, numbers to the right; on a terminal, cut to its width. A missing value is '-'. */
export function table(
  headings: readonly string[],
  rows: ReadonlyArray<readonly Cell[]>,
  columns?: number,
  style: Style = PLAIN,
): string {
  const texts = rows.map((row) => row.map((cell) => (cell === undefined ? '-' : printable(String(cell)))))
  const isRight = headings.map((_, column) => rows.every((row) => typeof row[column] !== 'string'))
  const widths = headings.map((heading, column) =>
    texts.reduce((width, row) => Math.max(width, row[column]!.length), heading.length),
  )
  // Cut before it is coloured: escapes have no width, and must be whole.
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, column) =>
      isRight[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
    )
    return padded.join('  ').slice(0, columns).trimEnd()
  }
  return [style.bold(line(headings)), ...texts.map(line)].map((each) => `${each}\n`).join('')
}

type Entry<Value = string | undefined> = readonly [key: string, value: Value, paint?: Paint]

/** `key: value` lines, the values aligned; one without a value is left out. */
export function list(entries: readonly Entry[]): string {
  const present = entries.filter((entry): entry is Entry<string> => entry[1] !== undefined)
  const keys = present.map(([key]) => printable(key))
  const width = Math.max(0, ...keys.map(({ length }) => length))
  const lines = present.map(([, value, paint], index) => {
    const text = printable(value)
    return `${`${keys[index]}:`.padEnd(width + 2)}${paint === undefined ? text : paint(text)}\n`
  })
  return lines.join('')
}

/**
 * A process chooses its name and its arguments: what would move the cursor, colour the terminal,
 * turn the writing around or not show at all is shown as \x1b.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (char) => {
    const code = char.codePointAt(0)!
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`
  })
}

/** What is not there is null, so that every key is; a bit mask is '0x1f', as JSON's numbers have no room for it. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, jsonValue, 2)}\n`
}

function jsonValue(_: string, value: unknown): unknown {
  if (value === undefined) return null
  if (value instanceof Set) return [...value]
  if (value instanceof Map) return Object.fromEntries(value)
  return typeof value === 'bigint' ? `0x${value.toString(16)}` : value
}
