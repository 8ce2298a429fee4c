/** What a command of nskit is, and how it can fail. */

import type { Completion, OptionGroups } from './option.js'

/** Where a command writes. The others are set of a terminal alone. */
export interface Output {
  write(text: string): unknown
  readonly columns?: number | undefined
  readonly isTTY?: boolean | undefined
  hasColors?(): boolean
}

export interface Io {
  readonly stdout: Output
  readonly stderr: Output
}

/** A command line that can be typed as it stands, and what it does. */
export interface Example {
  readonly command: string
  readonly does: string
}

export interface Command {
  /** One line, for the list of commands. */
  readonly summary: string
  /** What stands behind `nskit NAME `: a line each. */
  readonly usage: readonly string[]
  /** Paragraphs, which --help wraps. */
  readonly description: readonly string[]
  readonly options: OptionGroups
  /** What is not an option: completed as this. 'command': a command with arguments of its own. */
  readonly operands?: Completion
  /** What has columns of its own: --help prints it as it is. */
  readonly notes?: string
  readonly exits: ExitCodes
  readonly examples: readonly Example[]
  /** Gives the exit code. */
  run(args: readonly string[], io: Io): number | Promise<number>
}

export type ExitCodes = ReadonlyArray<readonly [code: string, meaning: string]>

/** Exit codes. A command started by `nskit run` has its own. */
export const EXIT = {
  ok: 0,
  /** Not found, not mapped, or refused by the kernel. */
  failure: 1,
  /** The command line is wrong. */
  usage: 2,
} as const

/** What --help says of EXIT.usage, where it means nothing else. */
export const USAGE_EXIT = ['2', 'the command line is wrong'] as const

/** The command line is wrong: the message says what, and where it stands. */
export class UsageError extends Error {}

/** --help stood among the options. */
export class HelpRequest extends Error {}
