/** Bytes of a line as the inside of JSON. The caller has made room: MOST_PER_BYTE for each byte. */

import { ascii, BACKSLASH, QUOTE, RETURN, SPACE } from './bytes.js'
import type { Output } from './output.js'
import { characterAt, controlAt, MAY_BEGIN_CONTROL } from './utf8.js'

/** What one byte can become: \u0000. */
export const MOST_PER_BYTE = 6
/** A backslash, when it is escaped and stands in a JSON string. */
const TWO_BACKSLASHES = ascii('\\\\\\\\')

/** Each ASCII character in a JSON string. */
const IN_JSON = Array.from({ length: 0x80 }, (_, code) =>
  ascii(JSON.stringify(String.fromCharCode(code)).slice(1, -1)),
)
/** What cannot stand in a JSON string as it is, or has to be looked at. */
const IN_STRING = MAY_BEGIN_CONTROL.slice().fill(1, 0, 0x20)
IN_STRING[QUOTE] = IN_STRING[BACKSLASH] = 1
const IN_OBJECT = MAY_BEGIN_CONTROL.slice()
IN_OBJECT[RETURN] = 1

/** UTF-8 as a string: also controls, which JSON could let stand, are escaped. */
export function escapeText(out: Output, bytes: Buffer, start: number, end: number): void {
  let from = start
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    if (IN_STRING[byte] === 0) continue
    const code = byte < 0x80 ? byte : controlAt(bytes, at, end)
    if (code === 0 && byte !== 0) continue
    out.copy(bytes, from, at)
    if (byte < 0x80) out.text(IN_JSON[byte]!)
    else out.text(unicodeEscape(code))
    from = at + lengthOf(code)
    at = from - 1
  }
  out.copy(bytes, from, end)
}

/** What is not all UTF-8: other bytes become \xNN, and so a backslash becomes two. */
export function escapeBytes(out: Output, bytes: Buffer, start: number, end: number): void {
  let from = start
  for (let at = start; at < end; ) {
    const length = characterAt(bytes, at, end)
    if (length > 0 && bytes[at] !== BACKSLASH) {
      at += length
      continue
    }
    escapeText(out, bytes, from, at)
    out.text(length > 0 ? TWO_BACKSLASHES : hexEscape(bytes[at]!))
    from = ++at
  }
  escapeText(out, bytes, from, end)
}

/**
 * The text of an object's fields, which is JSON and stays as it is but for what somebody could take for the end of a
 * line: between its tokens \r becomes a space, in its strings controls are escaped.
 */
export function copyObjectText(out: Output, bytes: Buffer, start: number, end: number): void {
  let from = start
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    if (IN_OBJECT[byte] === 0) continue
    const code = byte === RETURN ? RETURN : controlAt(bytes, at, end)
    if (code === 0) continue
    out.copy(bytes, from, at)
    if (code === RETURN) out.byte(SPACE)
    else out.text(unicodeEscape(code))
    from = at + lengthOf(code)
    at = from - 1
  }
  out.copy(bytes, from, end)
}

/** In UTF-8. */
function lengthOf(code: number): number {
  if (code < 0x80) return 1
  return code < 0x800 ? 2 : 3
}

function unicodeEscape(code: number): Buffer {
  return ascii(`\\u${code.toString(16).padStart(4, '0')}`)
}

function hexEscape(byte: number): Buffer {
  return ascii(`\\\\x${byte.toString(16).padStart(2, '0')}`)
}
