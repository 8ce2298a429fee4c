/** The three ways to a ProcessStatus. */

import { types } from 'node:util'
import { ParseError } from '../errors/parse-error.js'
import { systemError } from '../errors/system-error.js'
import { pidName } from '../ids/read.js'
import { native, type StatusBatch, type StatusFault } from '../native/binding.js'
import { decodeBatch } from './decode.js'
import type { ProcessStatus } from './types.js'

/**
 * /proc/PID/status of a process; default the caller's.
 *
 * Throws an error with `code` 'ESRCH' where there is no such process, be it that
 * it ended while it was read.
 */
export function readStatus(process: number | 'self' = 'self'): ProcessStatus {
  const path = `/proc/${pidName(process)}/status`
  return decodeBatch(batchOf(native().readStatus(process === 'self' ? 0 : process), path))[0]!
}

/**
 * The text of a /proc/PID/status. A string should have one character for each
 * byte (latin1), as bytes are read here: names need not be UTF-8.
 *
 * Lines that are not known are kept in `fields`; a known one that does not read is
 * a ParseError with `source` and line.
 */
export function parseStatus(text: string | Uint8Array, source = 'status'): ProcessStatus {
  return decodeBatch(batchOf(native().parseStatus(bytesOf(text)), source))[0]!
}

/**
 * All processes that /proc shows, in one call; those that end meanwhile are left out.
 *
 * The statuses share the memory of what was read (about 1.5 KB a process), for
 * `fields`: who keeps one for long should copy what is wanted of it.
 */
export function readAllStatuses(): ProcessStatus[] {
  return decodeBatch(batchOf(native().readAllStatuses(), '/proc'))
}

function batchOf(result: StatusBatch | StatusFault | number, source: string): StatusBatch {
  if (typeof result === 'number') throw systemError(result, 'read', source)
  if (!('reason' in result)) return result
  const file = result.pid > 0 ? `/proc/${result.pid}/status` : source
  throw new ParseError(result.reason, file, result.line)
}

function bytesOf(text: unknown): Uint8Array {
  if (types.isUint8Array(text)) return text
  if (typeof text !== 'string') throw new TypeError('the text of a status must be a string or a Uint8Array')
  // Cut to its low byte, a wider character could become a newline, and a name a line.
  return Buffer.from(text, /[^\0-\xff]/.test(text) ? 'utf8' : 'latin1')
}
