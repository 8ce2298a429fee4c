/** Checks of single values, with messages that name the option, what it takes and what came. */

import { inspect } from 'node:util'

/** The largest valid id: 4294967295 is -1, "no id", to every syscall. */
export const MAX_ID = 0xfffffffe

export function typeError(name: string, expected: string, value: unknown): TypeError {
  const error: NodeJS.ErrnoException = new TypeError(`${name} must be ${expected}, not ${shown(value)}`)
  error.code = 'ERR_INVALID_ARG_TYPE'
  return error
}

export function rangeError(name: string, expected: string, value: unknown): RangeError {
  const error: NodeJS.ErrnoException = new RangeError(`${name} must be ${expected}, not ${shown(value)}`)
  error.code = 'ERR_OUT_OF_RANGE'
  return error
}

function shown(value: unknown): string {
  return inspect(value, { depth: 0, maxStringLength: 40 })
}

/** A string that can be passed to the kernel: no NUL in it, which would cut it short. */
export function checkText(name: string, value: unknown): string {
  if (typeof value !== 'string') throw typeError(name, 'a string', value)
  if (value.includes('\0')) throw invalidValue(name, 'a string without NUL bytes', value)
  return value
}

export function invalidValue(name: string, expected: string, value: unknown): TypeError {
  const error: NodeJS.ErrnoException = new TypeError(`${name} must be ${expected}, not ${shown(value)}`)
  error.code = 'ERR_INVALID_ARG_VALUE'
  return error
}

export function checkBoolean(name: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value
  throw typeError(name, 'a boolean', value)
}

export function checkInteger(name: string, value: unknown, min: number, max: number): number {
  if (typeof value !== 'number') throw typeError(name, 'a number', value)
  if (!Number.isInteger(value) || value < min || value > max) {
    throw rangeError(name, `an integer from ${min} to ${max}`, value)
  }
  return value
}

export function checkId(name: string, value: unknown): number {
  return checkInteger(name, value, 0, MAX_ID)
}

export function checkObject(name: string, value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw typeError(name, 'an object', value)
  return value as Record<string, unknown>
}

export function checkArray(name: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw typeError(name, 'an array', value)
  // A hole would be passed over by map() and forEach(), and what stood there would go unchecked.
  return value.includes(undefined) ? Array.from(value) : value
}
