/** Numbers with their units, as words of the command line. */

import { UsageError } from '../command.js'

const SIZE = /^([0-9]+)([kmgt]?)$/i
const POWERS = ['', 'k', 'm', 'g', 't']

/** "64M" in bytes; the units are powers of 1024, as of mount(8). */
export function sizeOf(flag: string, text: string): number {
  const [, digits, unit = ''] = SIZE.exec(text) ?? []
  const bytes = Number(digits) * 1024 ** POWERS.indexOf(unit.toLowerCase())
  if (!Number.isSafeInteger(bytes)) throw new UsageError(`${flag}: '${text}' is no size such as 4096 or 64M`)
  return bytes
}

const DURATION = /^([+-]?[0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)?$/
const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** "1.5", "90s", "2h" in milliseconds; without a unit it is seconds, as of timeout(1). */
export function durationOf(flag: string, text: string): number {
  const [, number, unit = 's'] = DURATION.exec(text) ?? []
  if (number === undefined) throw new UsageError(`${flag}: '${text}' is no time such as 10, 1.5s or 2h`)
  return Number(number) * MILLISECONDS[unit]!
}

/** Node's timers have 31 bits for it. */
const LONGEST = 2 ** 31 - 1

/** In whole milliseconds, rounded up: where 0 is none, a short time is not. */
export function waitOf(flag: string, text: string, least: number): number {
  const milliseconds = Math.ceil(durationOf(flag, text))
  if (milliseconds >= least && milliseconds <= LONGEST) return milliseconds
  throw new UsageError(`${flag}: '${text}' is no time to wait; the longest is 24 days`)
}

/** "0755" or "755": octal, as of chmod(1). */
export function modeOf(flag: string, text: string): number {
  if (!/^[0-7]{1,5}$/.test(text)) throw new UsageError(`${flag}: '${text}' is no octal mode such as 0755`)
  return Number.parseInt(text, 8)
}

export function integerOf(flag: string, text: string): number {
  const number = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(number)) throw new UsageError(`${flag}: '${text}' is no number`)
  return number
}
