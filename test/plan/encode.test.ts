import fc from 'fast-check'
import { encode } from '../../lib/plan/encode'
import { HEADER_SIZE, OPS, PLAN_MAGIC, STEP_SIZE } from '../../lib/plan/format'
import type { Plan, PlanStep } from '../../lib/plan/steps'

const LISTS = { argv: 16, candidates: 24 } as const

function plan(...steps: PlanStep[]): Plan {
  return { steps, followsParent: true }
}

function exec(argv: string[], environment?: string[]): PlanStep {
  return { op: 'Exec', candidates: ['/bin/true'], argv, environment }
}

function textAt(bytes: Buffer, offset: number): string {
  return bytes.toString('utf8', offset, bytes.indexOf(0, offset))
}

/** The strings of the list at `offset`, read as the stage reads them: until the 0. */
function listAt(bytes: Buffer, offset: number): string[] {
  const texts: string[] = []
  for (let at = offset; bytes.readBigUInt64LE(at) !== 0n; at += 8)
    texts.push(textAt(bytes, Number(bytes.readBigUInt64LE(at))))
  return texts
}

describe('a plan as bytes', () => {
  test('begins with its header', () => {
    const bytes = encode(plan({ op: 'NewSession' }, exec(['true'])))
    const words = [0, 1, 2, 3, 4, 5, 6, 7].map((index) => bytes.readUInt32LE(index * 4))
    expect(words).toEqual([PLAN_MAGIC, 1, bytes.length, 2, 0xffffffff, 1, 0, 0])
    expect(bytes.readUInt32LE(HEADER_SIZE)).toBe(OPS.NewSession)
    expect(bytes.at(-1)).toBe(0)
  })

  test('any strings come out as they went in, whatever was encoded before', () => {
    const text = fc.string({ unit: 'grapheme' }).map((each) => each.replaceAll('\0', ''))
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), fc.array(text), (argv, environment) => {
        const bytes = encode(plan(exec(argv, environment)))
        const at = HEADER_SIZE
        const expected = (texts: string[]) => texts.map((each) => Buffer.from(each).toString())
        expect(listAt(bytes, bytes.readUInt32LE(at + LISTS.argv))).toEqual(expected(argv))
        expect(listAt(bytes, bytes.readUInt32LE(at + LISTS.candidates))).toEqual(['/bin/true'])
        expect(listAt(bytes, bytes.readInt32LE(at + 8))).toEqual(expected(environment))
      }),
    )
  })

  test('a large one does not end at the first buffer', () => {
    const argv = ['x'.repeat(100_000), 'y'.repeat(200_000), 'z']
    const bytes = encode(plan(exec(argv)))
    expect(listAt(bytes, bytes.readUInt32LE(HEADER_SIZE + LISTS.argv))).toEqual(argv)
  })

  test('one that no execve would take is refused', () => {
    expect(() => encode(plan(exec(['x'.repeat(17 << 20)])))).toThrow(
      expect.objectContaining({ code: 'E2BIG' }),
    )
  })

  test('ids use all 32 bits, and two of them one number', () => {
    const bytes = encode(
      plan(
        { op: 'BecomeRoot', overflowUid: 65534, overflowGid: 4294967294 },
        { op: 'SetUid', uid: 4294967294 },
        exec(['true']),
      ),
    )
    expect(bytes.readUInt32LE(HEADER_SIZE + 8)).toBe(65534)
    expect(bytes.readUInt32LE(HEADER_SIZE + 12)).toBe(4294967294)
    expect(bytes.readUInt32LE(HEADER_SIZE + STEP_SIZE + 8)).toBe(4294967294)
  })
})
