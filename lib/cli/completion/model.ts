/** What a shell is told of nskit: its commands, with their options and operands. */

import type { Command } from '../command.js'
import { type Completion, type Option, tableOf } from '../option.js'

/** 'any': there is nothing to offer; 'list': words with commas between them. */
export type Kind = 'any' | 'words' | 'list' | 'file' | 'directory' | 'pid' | 'command'

export interface Offer {
  readonly kind: Kind
  /** Of 'words' and 'list'; of 'file' and 'directory' what can stand in place of one. */
  readonly words: readonly string[]
}

export interface OptionOffer {
  /** '--type', and '-t' where there is one. */
  readonly names: readonly string[]
  readonly summary: string
  readonly multiple: boolean
  /** undefined of an option without a value. */
  readonly value: (Offer & { readonly called: string }) | undefined
}

export interface CommandOffer {
  readonly name: string
  readonly summary: string
  readonly options: readonly OptionOffer[]
  /** undefined where there are none. */
  readonly operands: Offer | undefined
}

export function modelOf(commands: Readonly<Record<string, Command>>): CommandOffer[] {
  return Object.entries(commands).map(([name, { summary, options, operands }]) => ({
    name,
    summary,
    options: Object.entries(tableOf(options)).map(([long, option]) => optionOffer(long, option)),
    operands: operands === undefined ? undefined : offerOf(operands, false),
  }))
}

function optionOffer(
  long: string,
  { type, short, multiple, value, help, complete, list }: Option,
): OptionOffer {
  return {
    names: [`--${long}`, ...(short === undefined ? [] : [`-${short}`])],
    summary: firstClause(help),
    multiple: multiple ?? false,
    value:
      type === 'boolean'
        ? undefined
        : { called: value ?? 'VALUE', ...offerOf(complete, list ?? false, alternatives(value)) },
  }
}

function offerOf(complete: Completion | undefined, list: boolean, instead: readonly string[] = []): Offer {
  if (complete === undefined) return { kind: 'any', words: [] }
  if (complete === 'file' || complete === 'directory') return { kind: complete, words: instead }
  if (typeof complete === 'string') return { kind: complete, words: [] }
  return { kind: list ? 'list' : 'words', words: complete }
}

/** Of 'sandbox|FILE' the words that are meant as they stand. */
function alternatives(value = ''): string[] {
  return value.split('|').filter((part) => /^[a-z]+$/.test(part))
}

/** What has room beside an option in a shell's menu. */
function firstClause(help: string): string {
  const text = help.replace(/\s+/g, ' ')
  return text.split(/[;.] /, 1)[0]!.replace(/\.$/, '')
}

/** A word as every shell takes it: nothing in it is expanded. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}
