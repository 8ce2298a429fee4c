/** A plan becomes the bytes that native/plan/format.h lays out. */

import { flagsOf } from '../tables/namespaces.js'
import {
  BY_HELPER,
  FOLLOWS_PARENT,
  HEADER_SIZE,
  IF_ALLOWED,
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
  /** Of `number`: its upper 32 bits. Two ids do not fit into a double. */
  high?: number
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
      return {
        flags: step.ifAllowed ? IF_ALLOWED : 0,
        number: step.groups.length,
        data: to.words(step.groups),
      }
    case 'BecomeRoot':
      return { number: step.overflowUid, high: step.overflowGid }
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

/** Plans are small and are handed over at once: one buffer serves all of this thread's. */
const scratch = Buffer.alloc(64 << 10)

class Writer {
  #bytes = scratch
  /** The same memory: everything but text lies on word boundaries. */
  #words = wordsOf(scratch)
  #end: number

  constructor(steps: number) {
    this.#end = HEADER_SIZE + steps * STEP_SIZE
    this.#reserve(0)
  }

  step(index: number, op: number, fields: Fields): void {
    const at = (HEADER_SIZE + index * STEP_SIZE) / 4
    const words = this.#words
    words[at] = op
    words[at + 1] = fields.flags ?? 0
    words[at + 2] = fields.number ?? 0
    words[at + 3] = fields.high ?? 0
    words[at + 4] = fields.data?.offset ?? 0
    words[at + 5] = fields.data?.size ?? 0
    words[at + 6] = fields.more?.offset ?? 0
    words[at + 7] = fields.more?.size ?? 0
  }

  string(text: string): Block {
    const offset = this.#end
    // No UTF-16 unit takes more than three bytes of UTF-8.
    this.#reserve(text.length * 3 + 1)
    const size = this.#bytes.write(text, offset) + 1
    this.#end = offset + size
    this.#bytes[this.#end - 1] = 0
    return { offset, size }
  }

  /** What is written as it is: its size leaves the NUL out. */
  content(text: string): Block {
    const { offset, size } = this.string(text)
    return { offset, size: size - 1 }
  }

  /** Offsets first, ended by 0, then the strings: the stage turns the offsets into pointers in place. */
  list(strings: readonly string[]): Block {
    const offset = this.#aligned(8, (strings.length + 1) * 8)
    this.#words.fill(0, offset / 4, this.#end / 4)
    for (let index = 0; index < strings.length; index++) {
      const at = this.string(strings[index] as string).offset
      this.#words[offset / 4 + index * 2] = at
    }
    return { offset, size: strings.length }
  }

  words(values: readonly number[]): Block {
    const offset = this.#aligned(4, values.length * 4)
    this.#words.set(values, offset / 4)
    return { offset, size: values.length * 4 }
  }

  /** Valid until the next plan is encoded. */
  finish(steps: number, flags: number): Buffer {
    // One more byte: the NUL that ends the plan, and so every string in it.
    this.#reserve(1)
    this.#bytes[this.#end] = 0
    const size = this.#end + 1
    if (size > MAX_PLAN_SIZE) throw tooLarge()
    this.#words.set([PLAN_MAGIC, PLAN_VERSION, size, steps, 0xffffffff, flags, 0, 0])
    return this.#bytes.subarray(0, size)
  }

  #aligned(to: number, size: number): number {
    const offset = Math.ceil(this.#end / to) * to
    this.#reserve(offset - this.#end + size)
    this.#bytes.fill(0, this.#end, offset)
    this.#end = offset + size
    return offset
  }

  #reserve(size: number): void {
    const needed = this.#end + size + 1
    if (needed <= this.#bytes.length) return
    if (needed > 3 * MAX_PLAN_SIZE) throw tooLarge()
    const larger = Buffer.alloc(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(larger, 0, 0, this.#end)
    this.#bytes = larger
    this.#words = wordsOf(larger)
  }
}

function wordsOf(bytes: Buffer): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2)
}

/** More than execve(2) takes, so no such command could ever run. */
function tooLarge(): NodeJS.ErrnoException {
  return Object.assign(new Error('the plan is too large'), { code: 'E2BIG' })
}
