/** The labels, checked, and as the text that every line begins with. */

import { checkInteger, checkObject, invalidValue, typeError } from '../plan/check.js'

/** What every line carries, besides `time`. */
export interface LogLabels {
  /** Whose line it is. */
  namespace: string
  /** Which of its outputs. */
  stream?: 'stdout' | 'stderr' | undefined
  /** Of the process that writes, as the host numbers it. */
  pid?: number | undefined
  /** Whatever JSON can say. What is undefined is left out. */
  [label: string]: unknown
}

/** When a line was read: the tagger's own. */
export const TIME = 'time'

export interface LabelSet {
  readonly names: readonly string[]
  /** As JSON: '"namespace":"a","pid":5,' */
  readonly text: string
}

/** Copies them: what happens to the object later changes no line. */
export function labelSet(labels: LogLabels): LabelSet {
  const given: Record<string, unknown> = checkObject('labels', labels)
  if (typeof given.namespace !== 'string') throw typeError('labels.namespace', 'a string', given.namespace)
  const { stream, pid } = given
  if (stream !== undefined && stream !== 'stdout' && stream !== 'stderr')
    throw invalidValue('labels.stream', "'stdout' or 'stderr'", stream)
  if (pid !== undefined) checkInteger('labels.pid', pid, 1, 2 ** 31 - 1)
  if (given.time !== undefined)
    throw invalidValue('labels.time', 'left out: it is when a line was read', given.time)
  const members = Object.entries(given).flatMap(([name, value]) => {
    return value === undefined ? [] : [[name, textOf(name, value)] as const]
  })
  return {
    names: members.map(([name]) => name),
    text: members.map(([name, text]) => `${jsonText(name)}:${text},`).join(''),
  }
}

function textOf(name: string, value: unknown): string {
  let text: string | undefined
  try {
    text = jsonText(value)
  } catch (error) {
    throw typeError(`labels.${name}`, `a value for JSON (${(error as Error).message})`, value)
  }
  // Functions and symbols.
  if (text === undefined) throw typeError(`labels.${name}`, 'a value for JSON', value)
  return text
}

/** JSON lets characters stand that some take for the end of a line. As controlAt() has them. */
export function jsonText(value: unknown): string | undefined {
  return JSON.stringify(value)?.replace(/[\x80-\x9f\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
