/** Words of the command line as values; a wrong one is a UsageError. */

import { parseArgs } from 'node:util'
import { ParseError } from '../errors/parse-error.js'
import { IdMap } from '../ids/index.js'
import { nearest } from '../plan/option-names.js'
import { isNamespaceType, NAMESPACE_TYPES, type NamespaceType } from '../tables/namespaces.js'
import { HelpRequest, UsageError } from './command.js'
import { HELP, type OptionTable } from './option.js'

type Parsed<T extends OptionTable> = ReturnType<
  typeof parseArgs<{
    args: string[]
    options: T
    strict: true
    allowPositionals: true
  }>
> & {
  /** The options as they stand, in their order: for those whose order counts, as that of mounts. */
  readonly given: ReadonlyArray<Given<keyof T & string>>
}

/** An option as it was given, without dashes. `value`: undefined of one that takes none. */
export interface Given<Name extends string = string> {
  readonly name: Name
  readonly value: string | undefined
}

interface Token {
  readonly kind: string
  readonly index: number
  readonly name?: string
  readonly rawName?: string
  readonly value?: string | undefined
  readonly inlineValue?: boolean | undefined
}

/** The words before the first positional argument, and those from it on. A `--` between them is dropped. */
export function splitAtCommand(
  args: readonly string[],
  options: OptionTable,
): [own: string[], command: string[]] {
  const end = tokensOf(args, options).find(({ kind }) => kind !== 'option')
  if (end === undefined) return [[...args], []]
  const start = end.kind === 'option-terminator' ? end.index + 1 : end.index
  return [args.slice(0, end.index), args.slice(start)]
}

function tokensOf(args: readonly string[], options: OptionTable): Token[] {
  return parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true }).tokens
}

/** util.parseArgs, strict, with messages in one voice. Every command has --help. */
export function parse<T extends OptionTable>(args: readonly string[], options: T): Parsed<T> {
  const tokens = tokensOf(args, { ...options, ...HELP })
  if (tokens.some(({ name }) => name === 'help')) throw new HelpRequest()
  const given = tokens.filter(({ kind }) => kind === 'option')
  for (const token of given) checkOption(token, options)
  const parsed = parseArgs({ args: [...args], options, strict: true, allowPositionals: true })
  return { ...parsed, given: given.map(({ name, value }) => ({ name: name as keyof T & string, value })) }
}

function checkOption({ name = '', rawName = '', value, inlineValue }: Token, options: OptionTable): void {
  const option = Object.hasOwn(options, name) ? options[name] : undefined
  if (option === undefined) {
    // Of one letter everything short is near.
    const near = rawName.startsWith('--') ? meant(name, options) : undefined
    throw new UsageError(`unknown option ${rawName}${near === undefined ? '' : `; did you mean --${near}?`}`)
  }
  if (option.type === 'boolean') {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value`)
    return
  }
  const called = option.value === undefined ? '' : `: ${option.value}`
  if (value === undefined) throw new UsageError(`${rawName} needs a value${called}`)
  if (!inlineValue && value.length > 1 && value.startsWith('-')) {
    throw new UsageError(
      `${rawName} needs a value${called}; one that begins with a dash is --${name}=${value}`,
    )
  }
}

function meant(name: string, options: OptionTable): string | undefined {
  const same = Object.entries(options).find(([, { elsewhere }]) => elsewhere?.includes(name))
  return same?.[0] ?? nearest(name, Object.keys(options))
}

const DIGITS = /^[0-9]+$/
const MAX_PID = 2 ** 22

export function pidOf(name: string, text: string): number {
  const pid = DIGITS.test(text) ? Number(text) : 0
  if (pid < 1 || pid > MAX_PID) throw new UsageError(`${name}: '${text}' is no pid`)
  return pid
}

export function isNumber(text: string): boolean {
  return DIGITS.test(text)
}

export function idOf(text: string): number {
  const id = Number(text)
  if (id > 0xffff_fffe) throw new UsageError(`'${text}' is no id: the largest is 4294967294`)
  return id
}

/** "net,uts", also in several options. */
export function typesOf(name: string, texts: readonly string[]): NamespaceType[] {
  const words = texts.flatMap((text) => text.split(','))
  return words.map((word) => {
    if (isNamespaceType(word)) return word
    const near = nearest(word, NAMESPACE_TYPES)
    const hint = near === undefined ? `expected ${NAMESPACE_TYPES.join(', ')}` : `did you mean ${near}?`
    throw new UsageError(`${name}: '${word}' is no namespace type; ${hint}`)
  })
}

export function oneOf<T extends string>(name: string, text: string, known: readonly T[]): T {
  const found = known.find((each) => each === text)
  if (found === undefined) throw new UsageError(`${name}: '${text}' is none of ${known.join(', ')}`)
  return found
}

/** "inside:host:size", several with commas or in several options. */
export function mapOf(name: string, specs: readonly string[]): IdMap {
  try {
    return IdMap.fromSpec(specs.flatMap((spec) => spec.split(',')))
  } catch (error) {
    if (error instanceof ParseError || error instanceof RangeError) {
      throw new UsageError(`${name}: ${error.message}`)
    }
    throw error
  }
}
