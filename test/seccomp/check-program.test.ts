import { constants } from 'node:os'
import fc from 'fast-check'
import { checkSeccompProgram } from '../../lib/seccomp/index.js'
import { encode, type Instruction } from '../../lib/seccomp/instructions.js'
import { itWith } from '../support/needs.js'
import { attempt } from './kernel.js'

const { EINVAL } = constants.errno
const ALLOW = 0x7fff0000

const RETURN = { code: 0x06, jt: 0, jf: 0, k: ALLOW }
const at = (code: number, k = 0, jt = 0, jf = 0): Instruction => ({ code, jt, jf, k })

function refusal(...program: Instruction[]): string | undefined {
  try {
    checkSeccompProgram(encode(program))
    return undefined
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return error.message
  }
}

describe('checkSeccompProgram()', () => {
  it.each([[[]], ['text'], [new ArrayBuffer(8)], [undefined], [new Uint16Array(4)]])(
    'refuses %p by a TypeError',
    (value) => {
      expect(() => checkSeccompProgram(value)).toThrow(new TypeError('seccomp: expected a Uint8Array'))
    },
  )

  it('takes a Buffer and a view into a larger one', () => {
    const larger = new Uint8Array(24)
    larger.set(encode([RETURN]), 8)
    expect(() => checkSeccompProgram(larger.subarray(8, 16))).not.toThrow()
    expect(() => checkSeccompProgram(Buffer.from(encode([RETURN])))).not.toThrow()
  })

  it('takes 1 to 4096 whole instructions', () => {
    for (const length of [0, 7, 12, 4097 * 8]) {
      expect(() => checkSeccompProgram(new Uint8Array(length))).toThrow(
        new RangeError(`seccomp: expected 1 to 4096 instructions of 8 bytes, got ${length} bytes`),
      )
    }
    const longest = encode(Array.from({ length: 4096 }, () => RETURN))
    expect(() => checkSeccompProgram(longest)).not.toThrow()
  })

  it.each<[string, Instruction[], string]>([
    [
      'an unknown operation',
      [at(0xffff), RETURN],
      'instruction 0 {0xffff, 0x0, 0x0, 0x0}: the operation is not',
    ],
    ['a byte loaded, as filters of packets do', [at(0x30), RETURN], 'instruction 0 {0x30'],
    ['a modulus', [at(0x94, 3), RETURN], 'instruction 0 {0x94'],
    ['a load beyond seccomp_data', [at(0x20, 64), RETURN], 'no word of seccomp_data is at 64'],
    ['a load that is not aligned', [at(0x20, 2), RETURN], 'no word of seccomp_data is at 2'],
    [
      'a jump beyond the end',
      [RETURN, at(0x05, 1), RETURN],
      'instruction 1 {0x5, 0x0, 0x0, 0x1}: jumps beyond',
    ],
    ['a jump that wraps around', [at(0x05, 0xffffffff), RETURN], 'jumps beyond the end'],
    ['a branch beyond the end', [at(0x15, 0, 0, 1), RETURN], 'jumps beyond the end'],
    [
      'an end that is no return',
      [RETURN, at(0x20)],
      'instruction 1 {0x20, 0x0, 0x0, 0x0}: the last one is not',
    ],
    ['a division by 0', [at(0x34, 0), RETURN], 'divides by 0'],
    ['a shift by 32', [at(0x64, 32), RETURN], 'shifts 32 bits by 32'],
    ['a 17th word of scratch memory', [at(0x02, 16), RETURN], 'has the number 16'],
    ['scratch memory read before it is written', [at(0x60, 1), RETURN], 'instruction 0'],
    [
      'scratch memory written on one of two ways',
      [at(0x15, 0, 1, 0), at(0x02), at(0x60), RETURN],
      'instruction 2',
    ],
  ])('refuses %s', (_, program, reason) => {
    expect(refusal(...program)).toContain(reason)
  })

  it('takes scratch memory written on both ways', () => {
    expect(refusal(at(0x15, 0, 2, 0), at(0x02), at(0x05, 1), at(0x03), at(0x60), RETURN)).toBeUndefined()
  })

  itWith('python3', 'takes what this kernel takes, and nothing else', () => {
    const codes = fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...OPERATIONS) },
      { weight: 1, arbitrary: fc.nat(0xff) },
    )
    const k = fc.oneof(fc.nat(6), fc.constantFrom(15, 16, 31, 32, 60, 64, 0xffffffff))
    const jump = fc.nat(4)
    const instruction = fc.record({ code: codes, jt: jump, jf: jump, k })
    const tail = fc.array(fc.constant(RETURN), { minLength: 0, maxLength: 4 })
    const program = fc
      .tuple(fc.array(instruction, { minLength: 1, maxLength: 4 }), tail)
      .map(([body, ends]) => [...body, ...ends])
    const single = Array.from({ length: 0x100 }, (_, code) => [at(code, 4), RETURN])
    const programs = [...single, ...fc.sample(program, 1500)]
    const outcomes = attempt(...programs.map((each) => ({ program: encode(each), calls: [] })))
    const kernel = outcomes.map(({ installed }) => installed)
    expect(new Set(kernel)).toEqual(new Set([0, EINVAL]))
    expect(programs.map((each) => (refusal(...each) === undefined ? 0 : EINVAL))).toEqual(kernel)
  })
})

/** All that a seccomp filter may hold. */
const OPERATIONS = [
  0x20, 0x80, 0x81, 0x00, 0x01, 0x60, 0x61, 0x02, 0x03, 0x04, 0x14, 0x24, 0x34, 0x44, 0x54, 0x64, 0x74, 0xa4,
  0x84, 0x0c, 0x1c, 0x2c, 0x3c, 0x4c, 0x5c, 0x6c, 0x7c, 0xac, 0x07, 0x87, 0x06, 0x16, 0x05, 0x15, 0x25, 0x35,
  0x45, 0x1d, 0x2d, 0x3d, 0x4d,
]
