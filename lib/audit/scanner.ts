/** The grammar of audit records. Finds where things stand; makes no strings. */

import {
  APOSTROPHE,
  ascii,
  byteSet,
  CLOSE_BRACE,
  COMMA,
  DOT,
  ENRICHED,
  EQUALS,
  hasAt,
  isDigit,
  OPEN_BRACE,
  OPEN_PARENTHESIS,
  PARENTHESIS,
  QUOTE,
  RETURN,
  SPACE,
  TAB,
  ZERO,
} from './bytes.js'
import { HASH_START, hashByte, traitsOf } from './fields.js'
import { SPAN, SpanList, SYNTHETIC } from './spans.js'

const NODE = ascii('node=')
const TYPE = ascii('type=')
const STAMP = ascii('msg=audit(')
const STAMP_END = ascii('):')
const MSG = ascii('msg')
const AVC = ascii('AVC')
const USER_AVC = ascii('USER_AVC')
const EXECVE = ascii('EXECVE')
/** Far more than a host's name has: of a thousand events in flight each keeps its node's. */
const MAX_NODE = 1024
/** Longer numbers lose digits as doubles: 12 digits of seconds and 3 of milliseconds. */
const MAX_SECOND_DIGITS = 12
const MAX_SERIAL_DIGITS = 10

/** What a field's name is made of; anything else is no name but text. */
const NAME = byteSet('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-[].:/')
const TYPE_NAME = byteSet('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-[]')

export class Scanner {
  bytes: Uint8Array = new Uint8Array(0)
  /** Empty where the record names no node. */
  nodeStart = 0
  nodeEnd = 0
  typeStart = 0
  typeEnd = 0
  /** Milliseconds, and where their digits stand: seconds, a dot, three more. */
  time = 0
  timeStart = 0
  timeDot = 0
  serial = 0
  serialStart = 0
  serialEnd = 0
  readonly spans = new SpanList()
  /** Why the last line was no record. */
  fault = ''
  #avc = false

  /** Reads the record at `start` up to `end`, its line's end; false where there is none. */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    this.bytes = bytes
    this.spans.clear()
    const last = end > start && bytes[end - 1] === RETURN ? end - 1 : end
    const body = this.#header(start, last)
    if (body < 0) return false
    this.#avc =
      hasAt(bytes, this.typeStart, this.typeEnd, AVC) || hasAt(bytes, this.typeStart, this.typeEnd, USER_AVC)
    const enriched = this.#fields(body, last, 0)
    if (enriched < last) this.#fields(enriched + 1, last, SPAN.enriched)
    this.spans.dropRepeated(bytes)
    return true
  }

  /** Whether a0, a1 … are strings: in all other records they are numbers. */
  get isExecve(): boolean {
    const { typeStart, typeEnd } = this
    return typeEnd - typeStart === EXECVE.length && hasAt(this.bytes, typeStart, typeEnd, EXECVE)
  }

  /** Returns where the fields start, or -1. */
  #header(start: number, end: number): number {
    const { bytes } = this
    let at = start
    this.nodeStart = this.nodeEnd = start
    if (hasAt(bytes, at, end, NODE)) {
      this.nodeStart = at + NODE.length
      this.nodeEnd = this.#untilSpace(this.nodeStart, end)
      if (this.nodeEnd - this.nodeStart > MAX_NODE) return this.#fail("expected a host's name after 'node='")
      at = this.nodeEnd + 1
    }
    if (!hasAt(bytes, at, end, TYPE)) return this.#fail("expected 'type='")
    this.typeStart = at = at + TYPE.length
    while (at < end && TYPE_NAME[bytes[at]!] === 1) at++
    this.typeEnd = at
    if (at === this.typeStart || bytes[at] !== SPACE)
      return this.#fail("expected a record type after 'type='")
    if (!hasAt(bytes, at + 1, end, STAMP)) return this.#fail("expected 'msg=audit('")
    return this.#stamp(at + 1 + STAMP.length, end)
  }

  #stamp(start: number, end: number): number {
    const { bytes } = this
    this.timeStart = start
    const dot = this.#number(start, end, MAX_SECOND_DIGITS)
    const seconds = this.#value
    if (dot < 0 || bytes[dot] !== DOT) return this.#fail('expected seconds in the time stamp')
    this.timeDot = dot
    const colon = this.#number(dot + 1, end, 3)
    if (colon !== dot + 4 || bytes[colon] !== 0x3a)
      return this.#fail('expected milliseconds in the time stamp')
    this.time = seconds * 1000 + this.#value
    this.serialStart = colon + 1
    this.serialEnd = this.#number(this.serialStart, end, MAX_SERIAL_DIGITS)
    if (this.serialEnd < 0 || !hasAt(bytes, this.serialEnd, end, STAMP_END))
      return this.#fail("expected a serial number and '):' in the time stamp")
    this.serial = this.#value
    return this.serialEnd + STAMP_END.length
  }

  #value = 0

  /** Reads digits into #value. Returns where they end, or -1 where there are none or too many. */
  #number(start: number, end: number, most: number): number {
    let at = start
    let value = 0
    while (at < end && isDigit(this.bytes[at]!)) value = value * 10 + this.bytes[at++]! - ZERO
    this.#value = value
    return at === start || at - start > most ? -1 : at
  }

  #fail(reason: string): -1 {
    this.fault = reason
    return -1
  }

  /** Reads fields up to `end`, or to where the enriched ones start. Returns where it stopped. */
  #fields(start: number, end: number, flags: number): number {
    const { bytes, spans } = this
    let at = start
    while (at < end) {
      const first = bytes[at]!
      if (first === SPACE || first === TAB) {
        at++
        continue
      }
      if (first === ENRICHED && flags === 0) return at
      if (first === OPEN_PARENTHESIS) at++
      const nameStart = at
      let hash = HASH_START
      while (at < end && NAME[bytes[at]!] === 1) hash = hashByte(hash, bytes[at++]!)
      if (at === nameStart || at >= end || bytes[at] !== EQUALS) {
        at = this.#text(first === OPEN_PARENTHESIS ? nameStart - 1 : nameStart, end, flags)
        continue
      }
      // auditd's names are in capitals: none of them is in the table.
      const traits = flags === SPAN.enriched ? 0 : traitsOf(hash, bytes, nameStart, at)
      spans.name(nameStart, at, hash, traits)
      at = this.#fieldValue(at + 1, end, flags)
    }
    return at
  }

  /** Returns where the value's field ends. */
  #fieldValue(start: number, end: number, flags: number): number {
    const { bytes, spans } = this
    const first = start < end ? bytes[start] : SPACE
    if (first === QUOTE) {
      const close = this.#until(QUOTE, start + 1, end)
      spans.value(start + 1, close, flags | SPAN.quoted)
      return bytes[close] === QUOTE && close < end ? close + 1 : close
    }
    if (first === APOSTROPHE) return this.#apostrophes(start, end, flags)
    if (first === OPEN_BRACE) {
      const close = this.#until(CLOSE_BRACE, start + 1, end)
      const stop = close < end && bytes[close] === CLOSE_BRACE ? close + 1 : close
      spans.value(start, stop, flags)
      return stop
    }
    const stop = this.#untilSpace(start, end)
    spans.value(start, this.#withoutPunctuation(start, stop, flags), flags)
    return stop
  }

  /** Programs write sentences: `(hostname=?, addr=?)`. `(none)` is a value. */
  #withoutPunctuation(start: number, end: number, flags: number): number {
    const { bytes } = this
    const closes = flags === SPAN.inner && end > start && bytes[end - 1] === PARENTHESIS
    if (closes && bytes[start] !== OPEN_PARENTHESIS) return end - 1
    return end > start && bytes[end - 1] === COMMA ? end - 1 : end
  }

  /**
   * msg='…' of a record from user space: the kernel writes it last, around whatever the program sent. So it ends at the
   * last apostrophe that there is: one in the program's text ends nothing.
   */
  #apostrophes(start: number, end: number, flags: number): number {
    const { bytes, spans } = this
    const isMessage = flags === 0 && spans.nameIs(bytes, MSG)
    if (!isMessage) {
      const close = this.#until(APOSTROPHE, start + 1, end)
      spans.value(start + 1, close, flags | SPAN.quoted)
      return close < end && bytes[close] === APOSTROPHE ? close + 1 : close
    }
    let last = -1
    let stop = start + 1
    for (; stop < end && bytes[stop] !== ENRICHED; stop++) if (bytes[stop] === APOSTROPHE) last = stop
    if (last < 0) last = stop
    this.#fields(start + 1, last, SPAN.inner)
    return Math.min(stop, last + 1)
  }

  /** Words without a name. Returns where they end. */
  #text(start: number, end: number, flags: number): number {
    const stop = Math.max(start + 1, this.#untilSpace(start, end))
    if (this.#avc && this.spans.lacks(SYNTHETIC.seresult)) return this.#avcWord(start, stop, end, flags)
    this.spans.text(start, stop, flags)
    return stop
  }

  /** `avc:  denied  { read write } for  pid=…`: SELinux names neither the result nor the permissions. */
  #avcWord(start: number, stop: number, end: number, flags: number): number {
    const { bytes, spans } = this
    if (bytes[stop - 1] === 0x3a) return stop
    spans.add(SYNTHETIC.seresult, start, stop, flags)
    let at = stop
    while (at < end && bytes[at] === SPACE) at++
    if (bytes[at] !== OPEN_BRACE) return stop
    const close = this.#until(CLOSE_BRACE, at, end)
    let [from, to] = [at + 1, close]
    while (from < to && bytes[from] === SPACE) from++
    while (to > from && bytes[to - 1] === SPACE) to--
    spans.add(SYNTHETIC.seperms, from, to, flags)
    return Math.min(end, close + 1)
  }

  /** Where `byte` is, or the section's end. */
  #until(byte: number, start: number, end: number): number {
    const { bytes } = this
    let at = start
    while (at < end && bytes[at] !== byte && bytes[at] !== ENRICHED) at++
    return at
  }

  #untilSpace(start: number, end: number): number {
    return this.#until(SPACE, start, end)
  }
}
