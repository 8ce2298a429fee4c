/** Classic BPF (linux/bpf_common.h): the opcodes that the compiler writes, and how an instruction is stored. */

export const LOAD = 0x20 // BPF_LD | BPF_W | BPF_ABS
export const ALU_AND = 0x54 // BPF_ALU | BPF_AND | BPF_K
export const JUMP = 0x05 // BPF_JMP | BPF_JA
export const JEQ = 0x15 // BPF_JMP | BPF_JEQ | BPF_K
export const JGT = 0x25 // BPF_JMP | BPF_JGT | BPF_K
export const JGE = 0x35 // BPF_JMP | BPF_JGE | BPF_K
export const RETURN = 0x06 // BPF_RET | BPF_K

/** sizeof(struct sock_filter) */
export const INSTRUCTION_SIZE = 8
/** BPF_MAXINSNS */
export const MAX_INSTRUCTIONS = 4096

export interface Instruction {
  readonly code: number
  readonly jt: number
  readonly jf: number
  readonly k: number
}

export function encode(instructions: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(instructions.length * INSTRUCTION_SIZE)
  const view = new DataView(bytes.buffer)
  for (const [index, { code, jt, jf, k }] of instructions.entries()) {
    const at = index * INSTRUCTION_SIZE
    view.setUint16(at, code, true)
    view.setUint8(at + 2, jt)
    view.setUint8(at + 3, jf)
    view.setUint32(at + 4, k, true)
  }
  return bytes
}

export function decode(bytes: Uint8Array): Instruction[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.length / INSTRUCTION_SIZE }, (_, index) => {
    const at = index * INSTRUCTION_SIZE
    return {
      code: view.getUint16(at, true),
      jt: view.getUint8(at + 2),
      jf: view.getUint8(at + 3),
      k: view.getUint32(at + 4, true),
    }
  })
}
