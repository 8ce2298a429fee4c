/** Lines to JSON lines, in order; a record that waits for its event's container holds up those behind it. */

import { Directory } from '../identity/directory.js'
import { ascii, hasAt } from './bytes.js'
import { type AuditEvent, Events } from './events.js'
import { FIELD } from './fields.js'
import { JsonBytes } from './json-bytes.js'
import { type LineReader, MAX_LINE } from './lines.js'
import { idAt, RecordWriter } from './record-writer.js'
import { Scanner } from './scanner.js'
import { judge, NOBODY } from './verdict.js'

/** What auditd gives an event to be complete (end_of_event_timeout). Of the records' time, and of the clock's. */
const PATIENCE = 2000
/** Held at most; then the first ones go as they are. */
const MOST_LINES = 4096
const MOST_BYTES = 2 ** 20
const OUTPUT = 1 << 18
const TOO_LONG = `a piece of a line of more than ${MAX_LINE} bytes`

const NOTHING_KNOWN = new Directory()

const NO_NODE = Buffer.alloc(0)
const PROCTITLE = ascii('PROCTITLE')
const END_OF_EVENT = ascii('EOE')

interface Held {
  readonly line: Uint8Array
  readonly event: AuditEvent | undefined
  /** Why it is no record. */
  readonly fault: string
  /** By a clock that nobody sets. */
  readonly since: number
}

export class LineTagger implements LineReader {
  readonly #out = new JsonBytes(OUTPUT)
  readonly #writer: RecordWriter
  readonly #scanner = new Scanner()
  readonly #events: Events
  #held: Held[] = []
  #heldBytes = 0
  #directory!: Directory
  /** Most records follow one of their own event. */
  #last: { event: AuditEvent; time: number; serial: number; node: Uint8Array } | undefined

  constructor(raw: boolean, node: string | undefined) {
    this.#events = new Events(node)
    this.#writer = new RecordWriter(this.#out, raw)
  }

  get length(): number {
    return this.#out.length
  }

  take(): Buffer {
    return this.#out.take()
  }

  /** What the next lines are judged by. */
  use(directory: Directory): void {
    this.#directory = directory
  }

  line(bytes: Uint8Array, start: number, end: number, whole: boolean): void {
    const scanner = this.#scanner
    const isRecord = whole && scanner.scan(bytes, start, end)
    const fault = whole ? scanner.fault : TOO_LONG
    const event = isRecord ? this.#eventOf(scanner) : undefined
    if (event !== undefined) {
      if (event.verdict === undefined) this.#judge(scanner, event)
      if (isType(scanner, END_OF_EVENT)) this.#events.end(event)
    }
    if (this.#held.length > 0) {
      if (event !== undefined) this.#giveUpBefore(event.time - PATIENCE)
      this.#drain()
    }
    if (this.#held.length > 0 || (event !== undefined && event.verdict === undefined))
      this.#hold(Uint8Array.prototype.slice.call(bytes, start, end), event, fault)
    else this.#write(scanner, event, bytes, start, end, fault)
  }

  /** Milliseconds until something is overdue; undefined where nothing is held. */
  heldFor(): number | undefined {
    const [first] = this.#held
    return first === undefined ? undefined : Math.max(1, first.since + PATIENCE - performance.now())
  }

  releaseOverdue(): void {
    const overdue = performance.now() - PATIENCE
    for (const { event, since } of this.#held)
      if (event !== undefined && since <= overdue) event.verdict ??= NOBODY
    this.#drain()
  }

  /** Everything: no more lines come. */
  release(): void {
    for (const { event } of this.#held) if (event !== undefined) event.verdict ??= NOBODY
    this.#drain()
  }

  #eventOf({ bytes, time, serial, nodeStart, nodeEnd }: Scanner): AuditEvent {
    const last = this.#last
    if (last !== undefined && last.serial === serial && last.time === time) {
      if (last.node.length === nodeEnd - nodeStart && hasAt(bytes, nodeStart, nodeEnd, last.node))
        return last.event
    }
    const node = nodeStart === nodeEnd ? NO_NODE : Buffer.from(bytes.subarray(nodeStart, nodeEnd))
    const event = this.#events.at(node.toString(), time, serial)
    this.#last = { event, time, serial, node }
    return event
  }

  #judge(scanner: Scanner, event: AuditEvent): void {
    const { spans, bytes } = scanner
    const actor: { uid?: number; auid?: number; session?: number } = {}
    for (let i = 0; i < spans.count; i++) {
      // Only what the kernel says: in msg='…' a program speaks.
      if (!(spans.traits(i) & FIELD.actor) || spans.flags(i) !== 0) continue
      const value = idAt(bytes, spans.valueStart(i), spans.valueEnd(i))
      if (value < 0) continue
      const first = bytes[spans.nameStart(i)]
      if (first === 0x75) actor.uid = value
      else if (first === 0x61) actor.auid = value
      else actor.session = value
    }
    const { uid, auid, session } = actor
    event.verdict = judge(this.#directory, scanner.time, { uid, auid, session })
    // The kernel ends an event with PROCTITLE; EOE follows where records are sent to programs.
    if (isType(scanner, PROCTITLE) || isType(scanner, END_OF_EVENT)) event.verdict ??= NOBODY
  }

  #hold(line: Uint8Array, event: AuditEvent | undefined, fault: string): void {
    this.#held.push({ line, event, fault, since: performance.now() })
    this.#heldBytes += line.length
    if (this.#held.length <= MOST_LINES && this.#heldBytes <= MOST_BYTES) return
    const [first] = this.#held
    if (first?.event !== undefined) first.event.verdict ??= NOBODY
    this.#drain()
  }

  /** Of events that old nothing more will come. */
  #giveUpBefore(time: number): void {
    for (
      let [first] = this.#held;
      first?.event !== undefined && first.event.time < time;
      [first] = this.#held
    ) {
      first.event.verdict ??= NOBODY
      this.#drain()
    }
  }

  #drain(): void {
    const waiting = this.#held.findIndex(({ event }) => event !== undefined && event.verdict === undefined)
    const ready = waiting < 0 ? this.#held : this.#held.slice(0, waiting)
    if (ready.length === 0) return
    this.#held = waiting < 0 ? [] : this.#held.slice(waiting)
    for (const { line, event, fault } of ready) {
      this.#heldBytes -= line.length
      if (event !== undefined) this.#again.scan(line, 0, line.length)
      this.#write(this.#again, event, line, 0, line.length, fault)
    }
  }

  /** For held lines: a line that comes is still being read when they go. */
  readonly #again = new Scanner()

  #write(
    scanner: Scanner,
    event: AuditEvent | undefined,
    bytes: Uint8Array,
    start: number,
    end: number,
    fault: string,
  ): void {
    if (event === undefined) this.#writer.other(bytes, start, end, fault)
    else {
      const directory = event.isForeign ? NOTHING_KNOWN : this.#directory
      this.#writer.record(scanner, start, end, event.verdict ?? NOBODY, directory)
    }
  }
}

function isType({ bytes, typeStart, typeEnd }: Scanner, type: Uint8Array): boolean {
  return typeEnd - typeStart === type.length && hasAt(bytes, typeStart, typeEnd, type)
}
