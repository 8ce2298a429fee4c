/** A plan becomes the bytes that native/plan/format.h lays out. */

import { flagsOf } from '../tables/namespaces.js'
import {
  BY_HELPER,
  FOLLOWS_PARENT,
  HEADER_SIZE,
  INHERIT_ENVIRONMENT,
  MAX_PLAN_SIZE,
  OPS,
  PLAN_MAGIC,
  PLAN_VERSION,
  SHARE_MEMORY,
  STEP_SIZE,
} from './format.js'
import type { Plan, PlanStep } from './steps.js'

/** Room for "4294967295" and its NUL, where the stage writes its own pid for newuidmap. */
const PID_SLOT = ' '.repeat(11)

interface Fields {
  flags?: number
  number?: number
  data?: Block
  more?: Block
}
interface Block {
  offset: number
  size: number
}

export function encode(plan: Plan): Buffer {
  const writer = new Writer(plan.steps.length)
  plan.steps.forEach((step, index) => {
    writer.step(index, OPS[step.op], fieldsOf(step, writer))
  })
  return writer.finish(plan.steps.length, plan.followsParent ? FOLLOWS_PARENT : 0)
}

function fieldsOf(step: PlanStep, to: Writer): Fields {
  switch (step.op) {
    case 'JoinFd':
      return { number: step.fd, flags: flagsOf([step.type]) }
    case 'JoinPid':
      return { number: step.pid, flags: flagsOf(step.types) }
    case 'Unshare':
      return { flags: flagsOf(step.types) }
    case 'WriteProcFile':
      return {
        flags: step.byHelper ? BY_HELPER : 0,
        data: to.string(step.file),
        more: to.content(step.content),
      }
    case 'RunMapper':
      return {
        number: step.kind === 'uid' ? 0 : 1,
        data: to.list(step.candidates),
        more: to.list([`new${step.kind}map`, PID_SLOT, ...step.triples]),
      }
    case 'SetGroups':
      return { number: step.groups.length, data: to.words(step.groups) }
    case 'BecomeRoot':
      return { number: step.overflowGid * 2 ** 32 + step.overflowUid }
    case 'SetGid':
      return { number: step.gid }
    case 'SetUid':
      return { number: step.uid }
    case 'SetHostname':
    case 'SetDomainname':
      return { data: to.string(step.name) }
    case 'Mount':
      return { number: step.flags, data: to.list([step.source, step.target, step.fstype, step.options]) }
    case 'Fork':
    case 'StartInit':
      return { flags: step.shareMemory ? SHARE_MEMORY : 0 }
    case 'ChangeDirectory':
      return { data: to.string(step.path) }
    case 'Descriptors':
      return { number: step.pairs.length, data: to.words(step.pairs.flat()) }
    case 'Exec': {
      const environment = step.environment === undefined ? undefined : to.list(step.environment)
      return {
        flags: environment === undefined ? INHERIT_ENVIRONMENT : 0,
        number: environment?.offset ?? 0,
        data: to.list(step.argv),
        more: to.list(step.candidates),
      }
    }
    default:
      return {}
  }
}

class Writer {
  #bytes: Buffer
  #end: number

  constructor(steps: number) {
    this.#end = HEADER_SIZE + steps * STEP_SIZE
    this.#bytes = Buffer.alloc(Math.max(4096, this.#end * 2))
  }

  step(index: number, op: number, fields: Fields): void {
    const at = HEADER_SIZE + index * STEP_SIZE
    const bytes = this.#bytes
    bytes.writeUInt32LE(op, at)
    bytes.writeUInt32LE(fields.flags ?? 0, at + 4)
    // Numbers stay below 2^64; only BecomeRoot uses the upper half.
    const number = fields.number ?? 0
    bytes.writeInt32LE(number | 0, at + 8)
    bytes.writeInt32LE(Math.floor(number / 2 ** 32) | 0, at + 12)
    writeBlock(bytes, at + 16, fields.data)
    writeBlock(bytes, at + 24, fields.more)
  }

  string(text: string): Block {
    const offset = this.#end
    this.#reserve(Buffer.byteLength(text) + 1)
    const size = this.#bytes.write(text, offset) + 1
    this.#end = offset + size
    return { offset, size }
  }

  /** What is written as it is: its size leaves the NUL out. */
  content(text: string): Block {
    const { offset, size } = this.string(text)
    return { offset, size: size - 1 }
  }

  /** Offsets first, then the strings: the stage turns the offsets into pointers in place. */
  list(strings: readonly string[]): Block {
    const offset = this.#aligned(8, (strings.length + 1) * 8)
    strings.forEach((text, index) => {
      const at = this.string(text).offset
      this.#bytes.writeUInt32LE(at, offset + index * 8)
    })
    return { offset, size: strings.length }
  }

  words(values: readonly number[]): Block {
    const offset = this.#aligned(4, values.length * 4)
    values.forEach((value, index) => {
      this.#bytes.writeInt32LE(value | 0, offset + index * 4)
    })
    return { offset, size: values.length * 4 }
  }

  finish(steps: number, flags: number): Buffer {
    // One more byte: the NUL that ends the plan, and so every string in it.
    this.#reserve(1)
    const size = this.#end + 1
    const header = [PLAN_MAGIC, PLAN_VERSION, size, steps, 0xffffffff, flags, 0, 0]
    header.forEach((value, index) => {
      this.#bytes.writeUInt32LE(value, index * 4)
    })
    return this.#bytes.subarray(0, size)
  }

  #aligned(to: number, size: number): number {
    this.#end = Math.ceil(this.#end / to) * to
    const offset = this.#end
    this.#reserve(size)
    this.#end = offset + size
    return offset
  }

  #reserve(size: number): void {
    const needed = this.#end + size + 1
    if (needed <= this.#bytes.length) return
    if (needed > MAX_PLAN_SIZE) throw Object.assign(new Error('the plan is too large'), { code: 'E2BIG' })
    const larger = Buffer.alloc(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(larger, 0, 0, this.#end)
    this.#bytes = larger
  }
}

function writeBlock(bytes: Buffer, at: number, block: Block | undefined): void {
  bytes.writeUInt32LE(block?.offset ?? 0, at)
  bytes.writeUInt32LE(block?.size ?? 0, at + 4)
}
