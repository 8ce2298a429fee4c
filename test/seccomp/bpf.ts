/** An interpreter of classic BPF as seccomp runs it, written from the kernel's documentation alone. */

export interface Call {
  readonly number: number
  readonly arch: number
  readonly args: readonly bigint[]
}

/** struct seccomp_data */
function dataOf({ number, arch, args }: Call): DataView {
  const data = new DataView(new ArrayBuffer(64))
  data.setUint32(0, number, true)
  data.setUint32(4, arch, true)
  for (const [index, value] of args.entries()) data.setBigUint64(16 + 8 * index, value, true)
  return data
}

/** The filter's answer, and how many instructions it took. */
export function run(program: Uint8Array, call: Call): { answer: number; steps: number } {
  const code = new DataView(program.buffer, program.byteOffset, program.byteLength)
  const data = dataOf(call)
  let accumulator = 0
  let at = 0
  for (let steps = 1; ; steps++) {
    const operation = code.getUint16(at, true)
    const k = code.getUint32(at + 4, true)
    const branch = (taken: boolean) => 8 * code.getUint8(at + (taken ? 2 : 3))
    let skip = 0
    if (operation === 0x06) return { answer: k, steps }
    else if (operation === 0x20) accumulator = data.getUint32(k, true)
    else if (operation === 0x54) accumulator = (accumulator & k) >>> 0
    else if (operation === 0x05) skip = 8 * k
    else if (operation === 0x15) skip = branch(accumulator === k)
    else if (operation === 0x25) skip = branch(accumulator > k)
    else if (operation === 0x35) skip = branch(accumulator >= k)
    else throw new Error(`operation 0x${operation.toString(16)} at ${at / 8}`)
    at += 8 + skip
  }
}
