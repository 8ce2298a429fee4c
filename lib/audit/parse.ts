import { ParseError } from '../errors/parse-error.js'
import { typeError } from '../plan/check.js'
import { HEX, isDigit, isHex } from './bytes.js'
import { FIELD } from './fields.js'
import { Scanner } from './scanner.js'
import { SPAN } from './spans.js'

/** A line of an audit log, in its parts (auditd(8), ausearch(8)). */
export interface AuditRecord {
  /** From `node=`, where logs of several hosts meet. */
  node?: string
  /** 'SYSCALL', 'PATH', 'AVC', …; a number in brackets, 'UNKNOWN[1337]', where auditd knows no name. */
  type: string
  /** Milliseconds since the epoch. */
  time: number
  /** Together with node and time it names the event that the record belongs to. */
  serial: number
  /** As in the record: ids are the host's. Strings without their quotes, or decoded. */
  fields: Readonly<Record<string, string>>
  /** What auditd has added where it writes log_format = ENRICHED. */
  enriched?: Readonly<Record<string, string>>
}

/** What parseAuditRecord() of api.ts does. */
export function parseAuditRecord(line: string): AuditRecord {
  if (typeof line !== 'string') throw typeError('line', 'a string', line)
  const bytes = Buffer.from(line)
  const scanner = new Scanner()
  const end = bytes.at(-1) === 0x0a ? bytes.length - 1 : bytes.length
  if (!scanner.scan(bytes, 0, end)) throw new ParseError(scanner.fault, 'audit record', 1)
  return recordOf(scanner, bytes)
}

function recordOf(scanner: Scanner, bytes: Buffer): AuditRecord {
  const { nodeStart, nodeEnd, typeStart, typeEnd, time, serial, spans } = scanner
  const fields: Array<[string, string]> = []
  const enriched: Array<[string, string]> = []
  for (let i = 0; i < spans.count; i++) {
    if (spans.flags(i) & SPAN.dropped) continue
    const name = Buffer.from(spans.nameBytes(i, bytes)).toString('latin1')
    const list = spans.flags(i) & SPAN.enriched ? enriched : fields
    list.push([name, textOf(scanner, bytes, i)])
  }
  return {
    ...(nodeEnd > nodeStart && { node: bytes.toString('utf8', nodeStart, nodeEnd) }),
    type: bytes.toString('latin1', typeStart, typeEnd),
    time,
    serial,
    fields: Object.fromEntries(fields),
    ...(enriched.length > 0 && { enriched: Object.fromEntries(enriched) }),
  }
}

function textOf(scanner: Scanner, bytes: Buffer, i: number): string {
  const [start, end] = [scanner.spans.valueStart(i), scanner.spans.valueEnd(i)]
  return isEncoded(scanner, i) ? decode(bytes, start, end) : bytes.toString('utf8', start, end)
}

function decode(bytes: Buffer, start: number, end: number): string {
  const decoded = Buffer.alloc((end - start) / 2)
  for (let i = 0; i < decoded.length; i++)
    decoded[i] = (HEX[bytes[start + 2 * i]!]! << 4) | HEX[bytes[start + 2 * i + 1]!]!
  return decoded.toString('utf8')
}

/** Whether the value of span `i` is a string that the kernel, or a daemon, has encoded. */
export function isEncoded(scanner: Scanner, i: number): boolean {
  const { spans, bytes } = scanner
  const flags = spans.flags(i)
  if (flags & (SPAN.quoted | SPAN.enriched)) return false
  if (!(spans.traits(i) & FIELD.encoded) && !isArgument(scanner, i)) return false
  return isHex(bytes, spans.valueStart(i), spans.valueEnd(i))
}

/** a0, a1 …, a1[0] … of EXECVE. Their lengths, a1_len, are numbers. */
function isArgument(scanner: Scanner, i: number): boolean {
  const { spans, bytes } = scanner
  const start = spans.nameStart(i)
  if (start < 0 || bytes[start] !== 0x61 || !isDigit(bytes[start + 1]!)) return false
  const last = bytes[spans.nameEnd(i) - 1]!
  return (isDigit(last) || last === 0x5d) && scanner.isExecve
}
