/** What an option of a command is: one table for parsing, --help and completion. */

export interface Option {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  readonly multiple?: boolean
  /** What --help calls its value: 'TYPES'. */
  readonly value?: string
  /** What --help says of it, in one paragraph. */
  readonly help: string
  /** What the shell offers for its value: these words, or what it finds itself. */
  readonly complete?: Completion
  /** The value is a list with commas; each of its items is completed. */
  readonly list?: boolean
  /** What other programs call it: who types that is told of this one. */
  readonly elsewhere?: readonly string[]
}

export type Completion = readonly string[] | 'file' | 'directory' | 'pid' | 'command'

export type OptionTable = Readonly<Record<string, Option>>

/** Heading in --help → its options. A name is in one of them alone. */
export type OptionGroups = Readonly<Record<string, OptionTable>>

/** Every command has it; parse() takes it without being told. */
export const HELP = {
  help: { type: 'boolean', short: 'h', help: 'print this and end' },
} as const satisfies OptionTable

/** For commands that show something. */
export const jsonOption = (help: string) => ({ type: 'boolean', help }) as const satisfies Option

/** All options of a command, as one table. */
export function tableOf(groups: OptionGroups): OptionTable {
  return Object.assign({}, ...Object.values(groups), HELP)
}
