/** Finds the fields of a JSON object in its text (RFC 8259), without making values of them. */

import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  DOT,
  LOWER_E,
  LOWER_U,
  MINUS,
  NINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  PLUS,
  QUOTE,
  RETURN,
  SPACE,
  TAB,
  tableOf,
  ZERO,
} from './bytes.js'
import { MAY_BEGIN_CONTROL } from './utf8.js'

/** The bit that a lower-case letter has and its capital has not. */
const LOWER = 0x20

/** What a string cannot hold as it is: the quote that ends it, the backslash, control characters; or is to be noted. */
const NOT_PLAIN = MAY_BEGIN_CONTROL.slice().fill(1, 0, 0x20)
NOT_PLAIN[QUOTE] = NOT_PLAIN[BACKSLASH] = 1

const SHORT_ESCAPES = tableOf('"\\/bfnrt')
const HEX_DIGITS = tableOf('0123456789abcdefABCDEF')
const LITERALS = ['true', 'false', 'null'].map((word) => Buffer.from(word))

type Expected = 'key' | 'key or end' | 'value' | 'value or end' | 'comma or end'

/** Made once, used for every line: `scan` overwrites what it found before. */
export class ObjectScanner {
  /** The places between the braces. */
  start = 0
  end = 0
  isEmpty = true
  /** Of each key of the object itself, without its quotes. */
  keyCount = 0
  keyStarts = new Int32Array(64)
  keyEnds = new Int32Array(64)
  /** Whether one of them is written with a backslash. */
  hasEscapedKey = false
  /** Whether there may be \r between the tokens, or a control in a string: controlAt(). */
  mayHaveControls = false

  #bytes: Uint8Array = new Uint8Array()
  #limit = 0
  #hasBackslash = false
  /** Of each open object and array, whether it is an object. */
  #isObject = new Uint8Array(64)

  /** Whether the bytes are one JSON object, with or without white space around it. They must be UTF-8. */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    this.#bytes = bytes
    this.#limit = end
    this.keyCount = 0
    this.hasEscapedKey = false
    this.mayHaveControls = false
    const open = this.#skip(start)
    if (open >= end || bytes[open] !== OPEN_BRACE) return false
    let last = end - 1
    while (isSpace(bytes[last]!)) last--
    if (bytes[last] !== CLOSE_BRACE) return false
    this.start = open + 1
    this.end = last
    this.isEmpty = this.#skip(open + 1) === last
    return this.#members(open + 1) === last + 1
  }

  /** From behind the first brace to behind the one that belongs to it; -1 where that is no JSON. */
  #members(start: number): number {
    const bytes = this.#bytes
    let depth = 1
    this.#isObject[0] = 1
    let expected: Expected = 'key or end'
    for (let at = this.#skip(start); at >= 0 && at < this.#limit; at = this.#skip(at)) {
      const byte = bytes[at]!
      if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        const isObject = this.#isObject[depth - 1] === 1
        if (isObject !== (byte === CLOSE_BRACE) || expected === 'key' || expected === 'value') return -1
        at++
        if (--depth === 0) return at
        expected = 'comma or end'
      } else if (expected === 'comma or end') {
        if (byte !== COMMA) return -1
        at++
        expected = this.#isObject[depth - 1] === 1 ? 'key' : 'value'
      } else if (expected === 'key' || expected === 'key or end') {
        if (byte !== QUOTE) return -1
        at = this.#key(at + 1, depth === 1)
        expected = 'value'
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        this.#push(depth++, byte === OPEN_BRACE)
        at++
        expected = byte === OPEN_BRACE ? 'key or end' : 'value or end'
      } else {
        at = byte === QUOTE ? this.#string(at + 1) : this.#scalar(at)
        expected = 'comma or end'
      }
      if (at < 0) return -1
    }
    return -1
  }

  #push(depth: number, isObject: boolean): void {
    if (depth === this.#isObject.length) this.#isObject = doubled(this.#isObject)
    this.#isObject[depth] = isObject ? 1 : 0
  }

  /** To behind its colon. */
  #key(start: number, isOwn: boolean): number {
    const end = this.#string(start)
    if (end < 0) return -1
    if (isOwn) this.#note(start, end - 1)
    const colon = this.#skip(end)
    return colon < this.#limit && this.#bytes[colon] === COLON ? colon + 1 : -1
  }

  #note(start: number, end: number): void {
    if (this.keyCount === this.keyStarts.length) {
      this.keyStarts = doubled(this.keyStarts)
      this.keyEnds = doubled(this.keyEnds)
    }
    this.keyStarts[this.keyCount] = start
    this.keyEnds[this.keyCount++] = end
    if (this.#hasBackslash) this.hasEscapedKey = true
  }

  /** From behind the first quote to behind the last. */
  #string(start: number): number {
    const bytes = this.#bytes
    const limit = this.#limit
    this.#hasBackslash = false
    for (let at = start; at < limit; at++) {
      const byte = bytes[at]!
      if (NOT_PLAIN[byte] === 0) continue
      if (byte === QUOTE) return at + 1
      if (byte >= 0x80) {
        this.mayHaveControls = true
        continue
      }
      if (byte !== BACKSLASH) return -1
      this.#hasBackslash = true
      at = this.#escape(at + 1)
      if (at < 0) return -1
    }
    return -1
  }

  /** The place of its last byte. */
  #escape(at: number): number {
    if (at >= this.#limit) return -1
    const letter = this.#bytes[at]!
    if (letter !== LOWER_U) return SHORT_ESCAPES[letter] === 1 ? at : -1
    if (at + 4 >= this.#limit) return -1
    for (let digit = 1; digit <= 4; digit++) if (HEX_DIGITS[this.#bytes[at + digit]!] === 0) return -1
    return at + 4
  }

  #scalar(at: number): number {
    const byte = this.#bytes[at]!
    if (byte === MINUS || isDigit(byte)) return this.#number(at)
    for (const word of LITERALS) {
      if (word[0] !== byte) continue
      for (let i = 1; i < word.length; i++) if (this.#byteAt(at + i) !== word[i]) return -1
      return at + word.length
    }
    return -1
  }

  #number(start: number): number {
    let at = this.#bytes[start] === MINUS ? start + 1 : start
    // No second digit behind a leading zero.
    at = this.#byteAt(at) === ZERO ? at + 1 : this.#digits(at)
    if (at >= 0 && this.#byteAt(at) === DOT) at = this.#digits(at + 1)
    if (at >= 0 && (this.#byteAt(at) | LOWER) === LOWER_E) {
      const sign = this.#byteAt(at + 1)
      at = this.#digits(sign === PLUS || sign === MINUS ? at + 2 : at + 1)
    }
    return at
  }

  /** One at least. */
  #digits(start: number): number {
    let at = start
    while (isDigit(this.#byteAt(at))) at++
    return at === start ? -1 : at
  }

  #byteAt(at: number): number {
    return at < this.#limit ? this.#bytes[at]! : 0
  }

  #skip(start: number): number {
    const bytes = this.#bytes
    let at = start
    for (; at < this.#limit && isSpace(bytes[at]!); at++)
      if (bytes[at] === RETURN) this.mayHaveControls = true
    return at
  }
}

/** A line holds no line feed. */
function isSpace(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === RETURN
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE
}

function doubled<T extends Uint8Array | Int32Array>(array: T): T {
  const larger = new (array.constructor as new (size: number) => T)(array.length * 2)
  larger.set(array)
  return larger
}
