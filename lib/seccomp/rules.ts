/**
 * `syscalls`: what happens to each call, as runc and libseccomp do it:
 * - an entry whose action is the default one is as if it were not there;
 * - an entry without `args` decides alone, wherever it stands, and the first of several does;
 * - of entries with `args` the first that matches decides, and the default action where none does.
 *   (libseccomp sorts entries that overlap and differ in their actions by rules of its own.)
 */

import { readAction } from './actions.js'
import type { SeccompTarget } from './architectures.js'
import { type Condition, OPERATORS, type SeccompOperator } from './operators.js'
import { syscallNumber } from './syscalls.js'
import { choice, fields, integer, list, word } from './values.js'

export interface Rule {
  /** All must hold. */
  readonly conditions: readonly Condition[]
  readonly action: number
}

export interface Decision {
  readonly rules: readonly Rule[]
  readonly otherwise: number
}

interface Draft {
  readonly rules: Rule[]
  always: number | undefined
}

const KEYS = ['names', 'action', 'errnoRet', 'args']
const ARG_KEYS = ['index', 'value', 'valueTwo', 'op']
const LAST_ARGUMENT = 5

export function readRules(
  syscalls: unknown,
  defaultAction: number,
  target: SeccompTarget,
): Map<number, Decision> {
  const drafts = new Map<number, Draft>()
  for (const [index, value] of list(syscalls, 'syscalls').entries()) {
    const { numbers, action, alternatives } = readEntry(value, target, `syscalls[${index}]`)
    if (action === defaultAction) continue
    for (const number of numbers) {
      const draft = drafts.get(number) ?? { rules: [], always: undefined }
      drafts.set(number, draft)
      if (alternatives.length === 0) draft.always ??= action
      for (const conditions of alternatives) draft.rules.push({ conditions, action })
    }
  }
  return new Map([...drafts].map(([number, draft]) => [number, decided(draft, defaultAction)]))
}

function decided({ rules, always }: Draft, defaultAction: number): Decision {
  return always === undefined ? { rules, otherwise: defaultAction } : { rules: [], otherwise: always }
}

function readEntry(value: unknown, target: SeccompTarget, entry: string) {
  const { names, action, errnoRet, args } = fields(value, KEYS, entry)
  const called = list(names, `${entry}.names`)
  if (called.length === 0) throw new TypeError(`${entry}.names: expected at least one name`)
  const numbers = called.map((name, index) => syscallNumber(name, target, `${entry}.names[${index}]`))
  return {
    numbers: new Set(numbers.filter((number) => number !== undefined)),
    action: readAction(action, `${entry}.action`, errnoRet ?? undefined, `${entry}.errnoRet`),
    alternatives: alternatives(list(args, `${entry}.args`), `${entry}.args`),
  }
}

/** Any of them must hold; none at all: the entry has no conditions. */
function alternatives(args: readonly unknown[], entry: string): Condition[][] {
  const conditions = args.map((arg, index) => readCondition(arg, `${entry}[${index}]`))
  const indices = new Set(conditions.map(({ index }) => index))
  if (conditions.length === 0) return []
  // libseccomp takes one comparison of an argument a rule; runc then makes a rule of each comparison.
  return indices.size < conditions.length ? conditions.map((condition) => [condition]) : [conditions]
}

function readCondition(value: unknown, entry: string): Condition {
  const arg = fields(value, ARG_KEYS, entry)
  return {
    index: integer(arg.index, LAST_ARGUMENT, `${entry}.index`),
    op: choice(arg.op, Object.keys(OPERATORS) as SeccompOperator[], `${entry}.op`),
    value: word(arg.value, `${entry}.value`),
    valueTwo: word(arg.valueTwo ?? 0, `${entry}.valueTwo`),
  }
}
