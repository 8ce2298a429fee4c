import type { OciSpec } from './types.js'

/** As JSON.stringify with an indent of two, and bigints as the numbers that they are. */
export function formatOciSpec(spec: OciSpec): string {
  return `${textOf(spec, '')}\n`
}

function textOf(given: unknown, indent: string): string {
  const value = hasJson(given) ? given.toJSON() : given
  if (typeof value === 'bigint') return String(value)
  // In a list, what JSON has no word for is null.
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const inner = `${indent}  `
  const isList = Array.isArray(value)
  const parts = isList
    ? value.map((each) => textOf(each, inner))
    : Object.entries(value)
        .filter(([, each]) => !['undefined', 'function', 'symbol'].includes(typeof each))
        .map(([key, each]) => `${JSON.stringify(key)}: ${textOf(each, inner)}`)
  const [open, close] = isList ? ['[', ']'] : ['{', '}']
  if (parts.length === 0) return `${open}${close}`
  return `${open}\n${parts.map((part) => `${inner}${part}`).join(',\n')}\n${indent}${close}`
}

/** An IdMap, say, that somebody has put there. */
function hasJson(value: unknown): value is { toJSON(): unknown } {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { toJSON?: unknown }).toJSON === 'function'
  )
}
