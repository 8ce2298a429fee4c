/** What the kernel would refuse with EINVAL, said in words: bpf_check_classic() and seccomp_check_filter(). */

import { types } from 'node:util'
import { decode, INSTRUCTION_SIZE, type Instruction, MAX_INSTRUCTIONS } from './instructions.js'
import { OPCODES } from './opcodes.js'
import { checkScratch } from './scratch.js'

/**
 * Throws a TypeError for what is no Uint8Array and a RangeError that names the instruction for a program
 * that the kernel would not take as a seccomp filter.
 */
export function checkSeccompProgram(bytes: unknown): asserts bytes is Uint8Array {
  if (!types.isUint8Array(bytes)) throw new TypeError('seccomp: expected a Uint8Array')
  const count = bytes.length / INSTRUCTION_SIZE
  if (!Number.isInteger(count) || count < 1 || count > MAX_INSTRUCTIONS) {
    throw new RangeError(
      `seccomp: expected 1 to ${MAX_INSTRUCTIONS} instructions of ${INSTRUCTION_SIZE} bytes, got ${bytes.length} bytes`,
    )
  }
  const program = decode(bytes)
  for (const [index, instruction] of program.entries()) {
    const reason = OPCODES.get(instruction.code)?.(instruction, count - index - 1)
    if (reason !== null)
      refuse(index, reason ?? 'the operation is not allowed in a seccomp filter', instruction)
  }
  const last = program[count - 1]!
  if ((last.code & CLASS) !== RET) refuse(count - 1, 'the last one is not a return', last)
  const unset = checkScratch(program)
  if (unset !== undefined)
    refuse(unset, 'reads scratch memory that is not written on every way to it', program[unset]!)
}

const CLASS = 0x07
const RET = 0x06

function refuse(index: number, reason: string, { code, jt, jf, k }: Instruction): never {
  const text = [code, jt, jf, k].map((field) => `0x${field.toString(16)}`).join(', ')
  throw new RangeError(`seccomp: instruction ${index} {${text}}: ${reason}`)
}
