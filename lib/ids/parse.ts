/** The kernel's text of an id map: what /proc/PID/uid_map shows, and what may be written to it. */

import { ParseError } from '../errors/parse-error.js'
import { type IdMapping, INVALID_ID, isUint32 } from './types.js'
import { CheckedMappings, checkExtents, type Rules, specOf, WRITABLE } from './validate.js'

// map_write() skips what its isspace() knows, carriage returns among it, and takes digits only:
// no sign, no hex. A number that it would silently wrap modulo 2³² is refused here.
const LINE = /^[ \t\v\f\r]*([0-9]+)[ \t\v\f\r]+([0-9]+)[ \t\v\f\r]+([0-9]+)[ \t\v\f\r]*$/
const COLUMNS = ['containerID', 'hostID', 'size'] as const

/**
 * Entries in the text's order. An empty text is an empty map: one that nobody has
 * written yet. The last newline may be missing; a blank line may not be there.
 */
export function parseMapText(text: string, source: string, rules: Rules): CheckedMappings {
  if (typeof text !== 'string') throw new TypeError('the text of an id map must be a string')
  if (text === '') return new CheckedMappings([])
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
  const extents = lines.map((line, index) => parseLine(line, source, index + 1))
  checkExtents(extents, rules, (index, reason) => {
    return new ParseError(`${specOf(extents[index]!)}: ${reason}`, source, index + 1)
  })
  return new CheckedMappings(extents)
}

function parseLine(line: string, source: string, number: number): IdMapping {
  const match = LINE.exec(line)
  if (match === null) {
    throw new ParseError(
      `expected three decimal numbers, found ${JSON.stringify(line.slice(0, 80))}`,
      source,
      number,
    )
  }
  const [containerID, hostID, size] = COLUMNS.map((column, index) => {
    const value = Number(match[index + 1])
    if (!isUint32(value))
      throw new ParseError(`${column} ${match[index + 1]} passes ${INVALID_ID}`, source, number)
    return value
  }) as [number, number, number]
  return { containerID, hostID, size }
}

/** One write(2)'s worth of kernel text. RangeError naming the entry, where the kernel would refuse it. */
export function formatMapText(mappings: readonly IdMapping[]): string {
  checkExtents(mappings, WRITABLE, (index, reason) => {
    return new RangeError(`mappings[${index}] (${specOf(mappings[index]!)}) cannot be written: ${reason}`)
  })
  return mappings.map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}\n`).join('')
}
