/** One record as a line of JSON. */

import { attribute } from '../identity/attribution.js'
import type { Directory } from '../identity/directory.js'
import { type IdKind, INVALID_ID } from '../ids/index.js'
import { ascii, hasAt, isDigit, QUOTE, ZERO } from './bytes.js'
import { FIELD, isIdField } from './fields.js'
import { type JsonBytes, MOST_PER_BYTE } from './json-bytes.js'
import { isEncoded } from './parse.js'
import type { Scanner } from './scanner.js'
import { SPAN } from './spans.js'
import { insideOf, type Verdict } from './verdict.js'

const OPEN = ascii('{')
const NODE = ascii('"node":"')
const TYPE = ascii('"type":"')
const TIME = ascii('","time":')
const SERIAL = ascii(',"serial":')
const FIELDS = ascii(',"fields":{')
const ENRICHED = ascii('},"enriched":{')
const RAW = ascii(',"raw":"')
const RAW_BYTES = ascii(',"rawBase64":"')
const ERROR = ascii('{"error":"')
const END_OBJECT = ascii('}')
const END_LINE = ascii('}\n')
const NEXT = ascii('","')
const COLON_STRING = ascii('":"')
const COLON_HOST = ascii('":{"host":')
const INSIDE = ascii(',"inside":')
const OWNER = ascii(',"owner":')
const IPC_SET_PERM = ascii('IPC_SET_PERM')
const OBJ_PID = ascii('OBJ_PID')
const GROUP_TYPES = ['ADD_GROUP', 'DEL_GROUP', 'GRP_MGMT'].map(ascii)

/** Of a line whatever is in it: names of its members, verdict apart. */
const FIXED = 256
/** Of one field: quotes, commas and what an id gets besides its own digits. */
const PER_FIELD = 64

export class RecordWriter {
  readonly #out: JsonBytes
  readonly #raw: boolean
  /** What one record can take at most, names from the registry apart. */
  #room = 0

  constructor(out: JsonBytes, raw: boolean) {
    this.#out = out
    this.#raw = raw
  }

  /** The record that `scanner` holds, of the line at `start`. */
  record(scanner: Scanner, start: number, end: number, verdict: Verdict, directory: Directory): void {
    const out = this.#out
    const { bytes, spans, nodeStart, nodeEnd } = scanner
    this.#room = (end - start) * MOST_PER_BYTE * 2 + spans.count * PER_FIELD + FIXED
    out.reserve(this.#room + verdict.json.length)
    const begin = out.length
    out.text(OPEN)
    if (nodeEnd > nodeStart) {
      out.text(NODE)
      out.escaped(bytes, nodeStart, nodeEnd)
      out.text(NEXT.subarray(0, 2))
    }
    out.text(TYPE)
    out.copy(bytes, scanner.typeStart, scanner.typeEnd)
    out.text(TIME)
    this.#milliseconds(scanner)
    out.text(SERIAL)
    out.integer(scanner.serial)
    out.text(verdict.json)
    out.text(FIELDS)
    this.#fields(scanner, verdict, directory)
    out.text(END_OBJECT)
    this.#end(bytes, start, end, begin, this.#raw)
  }

  /** A line that is none: as it is, and why. */
  other(bytes: Uint8Array, start: number, end: number, reason: string): void {
    const out = this.#out
    const why = Buffer.from(JSON.stringify(reason).slice(1))
    out.reserve((end - start) * MOST_PER_BYTE + why.length + FIXED)
    const begin = out.length
    out.text(ERROR)
    out.text(why)
    this.#end(bytes, start, end, begin, true)
  }

  /** Seconds without leading zeros, which JSON does not take, then three digits. */
  #milliseconds({ bytes, timeStart, timeDot, time }: Scanner): void {
    const out = this.#out
    if (bytes[timeStart] === ZERO) {
      out.text(ascii(String(time)))
      return
    }
    out.copy(bytes, timeStart, timeDot)
    out.copy(bytes, timeDot + 1, timeDot + 4)
  }

  #fields(scanner: Scanner, verdict: Verdict, directory: Directory): void {
    const out = this.#out
    const { bytes, spans } = scanner
    // The new permissions that a process asks for: in its own ids, as it passed them.
    const idsAreRaw = hasAt(bytes, scanner.typeStart, scanner.typeEnd, IPC_SET_PERM)
    let section = 0
    let first = true
    for (let i = 0; i < spans.count; i++) {
      const flags = spans.flags(i)
      if (flags & SPAN.dropped) continue
      if ((flags & SPAN.enriched) !== section) {
        section = SPAN.enriched
        out.text(ENRICHED)
        first = true
      }
      if (!first) out.byte(0x2c)
      first = false
      out.byte(QUOTE)
      const start = spans.nameStart(i)
      if (start < 0) out.text(spans.nameBytes(i, bytes))
      else out.copy(bytes, start, spans.nameEnd(i))
      if (
        isIdField(spans.traits(i)) &&
        !idsAreRaw &&
        section === 0 &&
        this.#id(scanner, i, verdict, directory)
      )
        continue
      out.text(COLON_STRING)
      if (isEncoded(scanner, i)) out.unhexed(bytes, spans.valueStart(i), spans.valueEnd(i))
      else out.escaped(bytes, spans.valueStart(i), spans.valueEnd(i))
      out.byte(QUOTE)
    }
  }

  /** { host, inside, owner }. False where the value is no id. */
  #id(scanner: Scanner, i: number, verdict: Verdict, directory: Directory): boolean {
    const { bytes, spans } = scanner
    const id = idAt(bytes, spans.valueStart(i), spans.valueEnd(i))
    if (id < 0) return false
    const out = this.#out
    const traits = spans.traits(i)
    const kind = traits & FIELD.uid && !(traits & FIELD.either && isOfGroup(scanner)) ? 'uid' : 'gid'
    const isObject = (traits & FIELD.object) !== 0 || spans.flags(i) === SPAN.inner
    out.text(COLON_HOST)
    out.integer(id)
    if (id !== INVALID_ID && !(isObject && this.#owner(scanner, kind, id, verdict, directory)))
      this.#inside(insideOf(verdict, kind, id))
    out.text(END_OBJECT)
    return true
  }

  #inside(id: number): void {
    if (id < 0) return
    this.#out.text(INSIDE)
    this.#out.integer(id)
  }

  /** Of what the event was done to. False where it is not certain whose that is: then the actor's map has to do. */
  #owner(scanner: Scanner, kind: IdKind, id: number, verdict: Verdict, directory: Directory): boolean {
    const { time } = scanner
    const known = { time, session: objectSession(scanner), cgroup: undefined }
    const { candidates, confidence } = attribute(directory, kind, id, known)
    const [owner] = candidates
    if (owner === undefined || confidence !== 'exact') return false
    this.#inside(owner.containerID)
    if (verdict.registrations.length > 0 && verdict.registrations.every(({ name }) => name === owner.name))
      return true
    const name = Buffer.from(JSON.stringify(owner.name))
    this.#out.reserve(this.#room + name.length)
    this.#out.text(OWNER)
    this.#out.text(name)
    return true
  }

  #end(bytes: Uint8Array, start: number, end: number, begin: number, raw: boolean): void {
    const out = this.#out
    if (raw) {
      out.text(RAW)
      out.escaped(bytes, start, end)
      out.byte(QUOTE)
    }
    // Bytes that are no text would be lost in a JSON string.
    if (out.repairSince(begin) && raw) {
      const base64 = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('base64')
      out.reserve(base64.length + FIXED)
      out.text(RAW_BYTES)
      out.text(ascii(base64))
      out.byte(QUOTE)
    }
    out.text(END_LINE)
  }
}

/** `oses=` of OBJ_PID: a signal's target has a session too. */
function objectSession({ bytes, spans, typeStart, typeEnd }: Scanner): number | undefined {
  if (!hasAt(bytes, typeStart, typeEnd, OBJ_PID)) return undefined
  for (let i = 0; i < spans.count; i++) {
    if (!(spans.traits(i) & FIELD.objectSession) || spans.flags(i) !== 0) continue
    const session = idAt(bytes, spans.valueStart(i), spans.valueEnd(i))
    return session < 0 || session === INVALID_ID ? undefined : session
  }
  return undefined
}

/** `id=` is a group's in the records of groupadd and its like, a user's in all others. */
function isOfGroup({ bytes, typeStart, typeEnd }: Scanner): boolean {
  return GROUP_TYPES.some(
    (type) => typeEnd - typeStart === type.length && hasAt(bytes, typeStart, typeEnd, type),
  )
}

/** -1 where it is none. All ways to write (uid_t)-1 are one. */
export function idAt(bytes: Uint8Array, start: number, end: number): number {
  if (hasAt(bytes, start, end, UNSET) || hasAt(bytes, start, end, MINUS_ONE)) return INVALID_ID
  const length = end - start
  if (length === 0 || length > 10) return -1
  let id = 0
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!
    if (!isDigit(byte)) return -1
    id = id * 10 + byte - ZERO
  }
  return id > INVALID_ID ? -1 : id
}

const UNSET = ascii('unset')
const MINUS_ONE = ascii('-1')
