/** Words of the command line as values; a wrong one is a UsageError. */

import { type ParseArgsConfig, parseArgs } from 'node:util'
import { ParseError } from '../errors/parse-error.js'
import { IdMap } from '../ids/index.js'
import { nearest } from '../plan/option-names.js'
import { isNamespaceType, NAMESPACE_TYPES, type NamespaceType } from '../tables/namespaces.js'
import { HelpRequest, UsageError } from './command.js'

type Options = NonNullable<ParseArgsConfig['options']>

type Parsed<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; strict: true; allowPositionals: true }>
>
type Token = { kind: string; index: number; name?: string; rawName?: string }

const HELP = { help: { type: 'boolean', short: 'h' } } as const

/** The words before the first positional argument, and those from it on. A `--` between them is dropped. */
export function splitAtCommand(
  args: readonly string[],
  options: Options,
): [own: string[], command: string[]] {
  const end = tokensOf(args, options).find(({ kind }) => kind !== 'option')
  if (end === undefined) return [[...args], []]
  const start = end.kind === 'option-terminator' ? end.index + 1 : end.index
  return [args.slice(0, end.index), args.slice(start)]
}

function tokensOf(args: readonly string[], options: Options): Token[] {
  return parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true }).tokens
}

/** util.parseArgs, strict, with messages in one voice. Every command has --help. */
export function parse<T extends Options>(args: readonly string[], options: T): Parsed<T> {
  const help = tokensOf(args, { ...options, ...HELP }).some(({ name }) => name === 'help')
  if (help) throw new HelpRequest()
  const unknown = unknownOption(args, options)
  if (unknown !== undefined) throw new UsageError(unknown)
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: true })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function unknownOption(args: readonly string[], options: Options): string | undefined {
  const token = tokensOf(args, options).find(
    ({ name }) => name !== undefined && !Object.hasOwn(options, name),
  )
  if (token?.name === undefined) return undefined
  const near = nearest(token.name, Object.keys(options))
  return `unknown option ${token.rawName}${near === undefined ? '' : `; did you mean --${near}?`}`
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
