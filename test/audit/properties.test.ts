import fc from 'fast-check'
import { parseAuditRecord } from '../../lib/audit/index.js'
import { entry, registryOf } from '../identity/entries.js'
import { type Tagged, tag } from './tag.js'

const registry = registryOf(entry('web', '0:100000:1000', { auditSession: 7 }), entry('db', '0:200000:1000'))
const UIDS = [0, 100000, 100500, 200000]

/** As the kernel writes a string of a user's: audit_log_n_untrustedstring(). */
function untrusted(text: string): string {
  const bytes = Buffer.from(text)
  const isPlain = bytes.every((byte) => byte !== 0x22 && byte >= 0x21 && byte <= 0x7e)
  return isPlain ? `"${text}"` : bytes.toString('hex').toUpperCase()
}

const text = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
  fc.constantFrom(
    ' uid=0 ses=7 ',
    '" uid=100000 "',
    "' uid=100000 msg='",
    '\x1dUID="root"',
    'ABCD',
    '41',
    '(null)',
  ),
)

it('a string that the kernel has encoded reads as it was, and no other field changes', () => {
  fc.assert(
    fc.property(text, text, (comm, name) => {
      const line = `type=SYSCALL msg=audit(1.000:1): uid=5 comm=${untrusted(comm)} ses=3 name=${untrusted(name)} gid=6`
      expect(parseAuditRecord(line).fields).toEqual({ uid: '5', comm, ses: '3', name, gid: '6' })
    }),
  )
})

/** An event's lines, and whose they are. */
const event = fc.record({
  uid: fc.constantFrom(...UIDS),
  session: fc.constantFrom(7, 3),
  before: fc.nat(2),
  behind: fc.nat(3),
  comm: text,
})

/** Takes from one of the lists at a time, as `order` says. */
function interleave<T>(lists: T[][], order: number[]): T[] {
  const rests = lists.map((list) => [...list])
  const all: T[] = []
  for (let i = 0; rests.some((rest) => rest.length > 0); i++) {
    const left = rests.filter((rest) => rest.length > 0)
    all.push(left[(order[i % order.length] ?? 0) % left.length]!.shift()!)
  }
  return all
}

it('events in any interleaving, cut anywhere: a line for each, in order, each with its event’s container', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { minLength: 1, maxLength: 6 }),
      fc.array(fc.nat(5), { minLength: 1, maxLength: 40 }),
      fc.array(fc.nat(3000), { maxLength: 8 }),
      async (events, order, cuts) => {
        const lists = events.map(({ uid, session, before, behind, comm }, serial) => {
          const of = (type: string, body: string) => `type=${type} msg=audit(5.000:${serial}): ${body}`
          const subject = of('SYSCALL', `uid=${uid} ses=${session} comm=${untrusted(comm)}`)
          return [
            ...Array.from({ length: before }, (_, i) => of('AVC', `avc: denied { read } for pid=${i}`)),
            subject,
            ...Array.from({ length: behind }, (_, i) => of('PATH', `item=${i} name=${untrusted(comm)}`)),
          ]
        })
        const lines = interleave(lists, order)
        const tagged = await tag(registry, lines.join('\n'), { raw: true, cuts })
        expect(tagged.map(({ raw }) => raw)).toEqual(lines)
        for (const each of tagged) expect(each.namespace).toBe(expected(events[each.serial ?? -1]!))
      },
    ),
    { numRuns: 50 },
  )
})

function expected({ uid, session }: { uid: number; session: number }): string | undefined {
  if (session === 7) return 'web'
  return { 100000: 'web', 100500: 'web', 200000: 'db' }[uid]
}

it('any bytes at all come out line by line, as JSON', async () => {
  const pieces = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .constantFrom(
        'type=SYSCALL msg=audit(1.000:1): ',
        "msg='",
        '"',
        '\n',
        '\x1d',
        ' uid=',
        '100000',
        'avc:  { ',
        '} ',
      )
      .map((part) => new Uint8Array(Buffer.from(part))),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 12 }), async (parts) => {
      const bytes = Buffer.concat(parts)
      const tagged = await tag(registry, bytes, { raw: true })
      const lines = splitLines(bytes)
      expect(tagged.map(original)).toEqual(lines)
    }),
    { numRuns: 300 },
  )
})

function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = []
  let start = 0
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
    lines.push(bytes.subarray(start, end))
    start = end + 1
  }
  if (start < bytes.length) lines.push(bytes.subarray(start))
  return lines
}

function original({ raw, rawBase64 }: Tagged): Buffer {
  return rawBase64 === undefined ? Buffer.from(raw ?? '') : Buffer.from(rawBase64, 'base64')
}
