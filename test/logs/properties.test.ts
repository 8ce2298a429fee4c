import fc from 'fast-check'
import { bytesOf, output, TAGS, tagged } from './tagging.js'

/** Bytes of a log: text of all kinds, JSON of all kinds, both of them broken, line ends of all kinds. */
const piece = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
  fc.json().map((text) => Buffer.from(text)),
  fc.object().map((value) => Buffer.from(JSON.stringify(value))),
  fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom('\n', '\n', '\r\n', '\r', '{', '}', '\\', '\\x41', '"', 'é', '€', '👩', '\u2028')
    .map(Buffer.from),
)
const log = fc.array(piece, { maxLength: 30 }).map((pieces) => Buffer.concat(pieces))
const maxLineLength = fc.oneof(fc.integer({ min: 4, max: 40 }), fc.constant(1 << 20))

/** Cut at these places, each taken as a share of the whole. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places.map((place) => Math.floor(place * bytes.length)), bytes.length].sort(
    (a, b) => a - b,
  )
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}
const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 })

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The fields of a line by JSON.parse; undefined where it is no object, or no UTF-8. */
function fieldsOf(line: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line))
    return isObject(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** With their ends. */
function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0x0a, start)
    lines.push(bytes.subarray(start, end < 0 ? bytes.length : end + 1))
    start = end < 0 ? bytes.length : end + 1
  }
  return lines
}

it('the same lines come out however the bytes are cut into chunks', async () => {
  await fc.assert(
    fc.asyncProperty(log, places, maxLineLength, async (bytes, where, maxLineLength) => {
      const whole = await output(bytes, { maxLineLength })
      expect(await output(cut(bytes, where), { maxLineLength })).toBe(whole)
      const single = Array.from(bytes, (byte) => Buffer.from([byte]))
      expect(await output(single, { maxLineLength })).toBe(whole)
    }),
  )
})

it('a line is an object where JSON.parse takes it for one, and else gives back all its bytes', async () => {
  await fc.assert(
    fc.asyncProperty(log, async (bytes) => {
      const entries = await tagged(bytes)
      const lines = linesOf(bytes)
      expect(entries).toHaveLength(lines.length)
      entries.forEach((entry, index) => {
        const line = lines[index]!
        const fields = fieldsOf(line)
        expect(entry).toMatchObject(TAGS)
        if (fields === undefined) expect(bytesOf(entry)).toEqual(line)
        else expect(entry).toEqual({ ...TAGS, ...fields })
      })
    }),
    { numRuns: 300 },
  )
})

it('the pieces of long lines, put together, are the bytes that came in', async () => {
  await fc.assert(
    fc.asyncProperty(log, fc.integer({ min: 4, max: 40 }), async (bytes, maxLineLength) => {
      // Not an object anywhere: those are not to be put together again.
      const marked = Buffer.from(bytes.toString('latin1').replaceAll('{', '('), 'latin1')
      const entries = await tagged(marked, { maxLineLength })
      expect(Buffer.concat(entries.map(bytesOf))).toEqual(marked)
      for (const { message, partial } of entries)
        if (partial) expect(bytesOf({ message, partial }).length).toBeLessThanOrEqual(4 * maxLineLength)
    }),
  )
})

it('of names that clash none is lost and none stands twice', async () => {
  const name = fc.constantFrom(
    'a',
    'time',
    'pid',
    'line_a',
    'line_pid',
    'line_line_a',
    'line_time',
    '__proto__',
    'é',
  )
  const fields = fc.uniqueArray(fc.tuple(name, fc.integer()), { selector: ([key]) => key })
  /** Some by their escapes. */
  const written = (key: string, isEscaped: boolean) =>
    isEscaped ? `"\\u${key.charCodeAt(0).toString(16).padStart(4, '0')}${key.slice(1)}"` : JSON.stringify(key)
  await fc.assert(
    fc.asyncProperty(fields, fields, fc.boolean(), async (given, line, isEscaped) => {
      const own = given.filter(([key]) => key !== 'time' && key !== 'pid')
      const labels = Object.fromEntries([['namespace', 'n'], ...own]) as { namespace: string }
      const text = `{${line.map(([key, value]) => `${written(key, isEscaped)}:${value}`).join(',')}}\n`
      const [entry] = await tagged(text, { labels })
      const names = ['namespace', ...own.map(([key]) => key), 'time']
      const entries = Object.entries(entry!)
      expect(entries).toHaveLength(names.length + line.length)
      expect(entry).toMatchObject({ ...labels, time: TAGS.time })
      const values = entries.filter(([key]) => !names.includes(key)).map(([, value]) => value)
      expect(values.sort()).toEqual(line.map(([, value]) => value).sort())
      for (const [key, value] of line) if (!names.includes(key)) expect(entry![key]).toBe(value)
    }),
  )
})
