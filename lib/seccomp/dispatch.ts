/** From a call's number to what is decided about it: a binary search over ranges of numbers. */

import type { Assembler, Target } from './assembler.js'
import { JGE } from './instructions.js'
import { OPERATORS } from './operators.js'
import type { Profile } from './profile.js'
import type { Decision } from './rules.js'

/** Numbers from `from` up to the next range's. */
interface Range {
  readonly from: number
  readonly key: string
  readonly decision: Decision
}

/** Expects the number in the accumulator. */
export function dispatch(code: Assembler, profile: Profile): Target {
  const written = new Map<string, Target>()
  const target = ({ key, decision }: Range): Target => {
    const known = written.get(key) ?? decide(code, decision)
    written.set(key, known)
    return known
  }
  const search = (ranges: readonly Range[]): Target => {
    const middle = ranges.length >> 1
    if (middle === 0) return target(ranges[0]!)
    const upper = search(ranges.slice(middle))
    const lower = search(ranges.slice(0, middle))
    return code.jump(JGE, ranges[middle]!.from, upper, lower)
  }
  return search(rangesOf(profile))
}

/** The first begins at 0, the last has no end. */
function rangesOf({ decisions, defaultAction }: Profile): Range[] {
  const unlisted: Decision = { rules: [], otherwise: defaultAction }
  const numbers = [...decisions.keys()].sort((a, b) => a - b)
  const ranges: Range[] = []
  const add = (from: number, decision: Decision) => {
    const key = keyOf(decision)
    if (ranges.at(-1)?.from === from) ranges.pop()
    if (ranges.at(-1)?.key !== key) ranges.push({ from, key, decision })
  }
  add(0, unlisted)
  for (const number of numbers) {
    add(number, decisions.get(number)!)
    add(number + 1, unlisted)
  }
  return ranges
}

function keyOf(decision: Decision): string {
  if (decision.rules.length === 0) return `${decision.otherwise}`
  return JSON.stringify(decision, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))
}

/** The rules in their order; the accumulator is lost. */
function decide(code: Assembler, { rules, otherwise }: Decision): Target {
  let next: Target = { returns: otherwise }
  for (const { conditions, action } of rules.toReversed()) {
    let holds: Target = { returns: action }
    for (const condition of conditions.toReversed()) {
      holds = OPERATORS[condition.op](code, condition, holds, next)
    }
    next = holds
  }
  return next
}
