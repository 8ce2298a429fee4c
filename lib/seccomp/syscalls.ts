/** System calls by name. */

import type { SeccompTarget } from './architectures.js'
import { ARM64 } from './tables/arm64.js'
import { ELSEWHERE } from './tables/elsewhere.js'
import { X64 } from './tables/x64.js'
import { shown, suggestion } from './values.js'

type Numbers = ReadonlyMap<string, number>

const TABLES: Readonly<Record<SeccompTarget, string>> = { x64: X64, arm64: ARM64 }
// Read when first asked for: an import that compiles nothing does not pay for them.
const read = new Map<SeccompTarget, Numbers>()
let elsewhere: ReadonlySet<string> | undefined

export function syscallNumbers(target: SeccompTarget): Numbers {
  const known = read.get(target) ?? numbered(TABLES[target])
  read.set(target, known)
  return known
}

/**
 * The number of a call; undefined for one that only other architectures have, which profiles for all of them
 * name. Throws for a name that none has: a misspelt one in a deny list would deny nothing.
 */
export function syscallNumber(name: unknown, target: SeccompTarget, entry: string): number | undefined {
  if (typeof name !== 'string') throw new TypeError(`${entry}: expected a name, got ${shown(name)}`)
  const number = syscallNumbers(target).get(name)
  if (number !== undefined || isElsewhere(name)) return number
  throw new TypeError(
    `${entry}: unknown system call '${name}'${suggestion(name, syscallNumbers(target).keys())}`,
  )
}

function isElsewhere(name: string): boolean {
  elsewhere ??= new Set(ELSEWHERE.trim().split(/\s+/))
  return elsewhere.has(name) || syscallNumbers('x64').has(name) || syscallNumbers('arm64').has(name)
}

function numbered(table: string): Numbers {
  const numbers = new Map<string, number>()
  for (const line of table.trim().split('\n')) {
    const [first, ...names] = line.split(' ')
    for (const [index, name] of names.entries()) numbers.set(name, Number(first) + index)
  }
  return numbers
}
