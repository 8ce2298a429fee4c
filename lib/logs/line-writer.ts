/** One line, with its labels, as one line of JSON. */

import { isUtf8 } from 'node:buffer'
import { ascii, CLOSE_BRACE, COMMA, NEWLINE, RETURN } from './bytes.js'
import { copyObjectText, escapeBytes, escapeText, MOST_PER_BYTE } from './escape.js'
import { type LabelSet, TIME } from './labels.js'
import type { LineEnd, LineReader } from './line-splitter.js'
import { FieldNames } from './names.js'
import { ObjectScanner } from './object-scanner.js'
import { Output } from './output.js'

const OUTPUT = 1 << 17
const QUOTED = ascii('"')

export class LineWriter implements LineReader {
  readonly #out = new Output(OUTPUT)
  readonly #scanner = new ObjectScanner()
  readonly #names: FieldNames
  readonly #labels: string
  readonly #marks: ReturnType<typeof marksOf>
  /** What a line has at most beside its own bytes and the labels. */
  readonly #overhead: number
  #head: Buffer = Buffer.alloc(0)
  #time = Number.NaN
  /** The rest of a line that came in pieces is no object, whatever it looks like. */
  #isContinued = false
  /** Of the chunk that is being read: what its lines need not be looked at for one by one. */
  #chunk: Buffer | undefined
  #knownFrom = 0
  #isUtf8 = false

  constructor({ names, text }: LabelSet) {
    this.#names = new FieldNames([...names, TIME])
    this.#labels = text
    this.#marks = marksOf(this.#names)
    const ends = ascii(',"}\n')
    this.#overhead = Object.values(this.#marks).reduce((size, { length }) => size + length, ends.length)
  }

  /** Before the lines of a chunk. `time`: in milliseconds. */
  begin(chunk: Buffer | undefined, time: number): void {
    if (time !== this.#time) {
      this.#head = Buffer.from(`{${this.#labels}"${TIME}":"${new Date(time).toISOString()}"`)
      this.#time = time
    }
    this.#chunk = chunk
    if (chunk === undefined) return
    // Without the ends, where a character may be cut.
    this.#knownFrom = chunk.indexOf(NEWLINE) + 1
    const lines = chunk.subarray(this.#knownFrom, chunk.lastIndexOf(NEWLINE) + 1)
    this.#isUtf8 = isUtf8(lines)
  }

  take(): Buffer {
    return this.#out.take()
  }

  line(bytes: Buffer, start: number, end: number, how: LineEnd): void {
    const isWhole = !this.#isContinued && how !== 'part'
    this.#isContinued = how === 'part'
    const isKnown = this.#isUtf8 && bytes === this.#chunk && start >= this.#knownFrom
    const isText = isKnown || isUtf8(bytes.subarray(start, end))
    this.#out.reserve(this.#head.length + this.#overhead + MOST_PER_BYTE * (end - start))
    if (isWhole && isText && this.#scanner.scan(bytes, start, end)) this.#object(bytes)
    else this.#message(bytes, start, end, how, isText)
    this.#out.byte(CLOSE_BRACE)
    this.#out.byte(NEWLINE)
  }

  #object(bytes: Buffer): void {
    const { start, end, isEmpty, keyStarts, keyEnds } = this.#scanner
    this.#out.text(this.#head)
    if (isEmpty) return
    this.#out.byte(COMMA)
    let from = start
    for (const { index, name } of this.#names.clashes(this.#scanner, bytes) ?? []) {
      this.#fields(bytes, from, keyStarts[index]! - QUOTED.length)
      this.#out.reserve(name.length + this.#overhead + MOST_PER_BYTE * (end - from))
      this.#out.text(name)
      from = keyEnds[index]! + QUOTED.length
    }
    this.#fields(bytes, from, end)
  }

  #fields(bytes: Buffer, start: number, end: number): void {
    if (this.#scanner.mayHaveControls) copyObjectText(this.#out, bytes, start, end)
    else this.#out.copy(bytes, start, end)
  }

  #message(bytes: Buffer, start: number, end: number, how: LineEnd, isText: boolean): void {
    const out = this.#out
    const isCrlf = how === 'newline' && end > start && bytes[end - 1] === RETURN
    const last = isCrlf ? end - 1 : end
    out.text(this.#head)
    out.text(this.#marks.message)
    if (!isText) escapeBytes(out, bytes, start, last)
    else escapeText(out, bytes, start, last)
    out.text(QUOTED)
    if (!isText) out.text(this.#marks.escaped)
    if (how === 'part') out.text(this.#marks.partial)
    else if (how === 'open') out.text(this.#marks.open)
    else if (isCrlf) out.text(this.#marks.crlf)
  }
}

/** What is added to a message, and only where it applies. */
function marksOf(names: FieldNames) {
  const key = (name: string) => `,${JSON.stringify(names.own(name))}:`
  return {
    message: ascii(`${key('message')}"`),
    escaped: ascii(`${key('escaped')}true`),
    partial: ascii(`${key('partial')}true`),
    open: ascii(`${key('eol')}""`),
    crlf: ascii(`${key('eol')}"\\r\\n"`),
  }
}
