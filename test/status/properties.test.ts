import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { ParseError } from '../../lib/errors/parse-error.js'
import { parseStatus } from '../../lib/status/index.js'
import { referenceFields, referenceStatus } from '../support/status-reference.js'

const keys = [
  ...readFileSync(join(__dirname, '../fixtures/status/linux-6.18-x86_64-spoofed-name'), 'latin1').matchAll(
    /^([A-Za-z_0-9]+):/gm,
  ),
].map((match) => match[1]!)
const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code))
const bytes = fc.string({ unit: byte, maxLength: 30 })
const noNewline = bytes.map((text) => text.replaceAll('\n', ''))
const id = fc.integer({ min: 0, max: 0xffff_ffff })

/** As seq_escape() writes it. */
function seqEscape(name: string): string {
  return name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

test('any bytes either read, or are a ParseError with a line that exists', () => {
  const line = fc.oneof(
    noNewline,
    fc.tuple(fc.constantFrom(...keys), noNewline).map(([key, value]) => `${key}:\t${value}`),
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const text = ['Name:\tx', ...lines].join('\n')
      try {
        const { fields } = parseStatus(Buffer.from(text, 'latin1'))
        expect([...fields]).toEqual([...referenceFields(text)!])
      } catch (error) {
        expect(error).toBeInstanceOf(ParseError)
        expect((error as ParseError).line).toBeGreaterThan(1)
        expect((error as ParseError).line).toBeLessThanOrEqual(lines.length + 1)
      }
    }),
    { numRuns: 500 },
  )
})

test('every name reads back, and no name changes another field', () => {
  fc.assert(
    fc.property(bytes, fc.array(id), fc.tuple(id, id, id, id), (name, groups, uids) => {
      const text = `Name:\t${seqEscape(name)}\nUid:\t${uids.join('\t')}\nGroups:\t${groups.map((group) => `${group} `).join('')}\n`
      const status = parseStatus(text)
      expect(status.name).toBe(name)
      expect(Object.values(status.uid)).toEqual(uids)
      expect(status.groups).toEqual(groups)
      expect({ ...status }).toEqual(referenceStatus(text))
    }),
    { numRuns: 300 },
  )
})

test('lines in any order read as the reference reads them', () => {
  const text = readFileSync(join(__dirname, '../fixtures/status/linux-6.18-x86_64-spoofed-name'), 'latin1')
  const [name, ...rest] = text.split('\n').slice(0, -1)
  fc.assert(
    fc.property(fc.shuffledSubarray(rest), (lines) => {
      const shuffled = [name, ...lines, ''].join('\n')
      expect({ ...parseStatus(shuffled) }).toEqual(referenceStatus(shuffled))
    }),
    { numRuns: 100 },
  )
})
