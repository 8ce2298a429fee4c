/** What a command of nskit is, and how it can fail. */

/** Where a command writes. `columns`: the width of a terminal; undefined where it is none. */
export interface Output {
  write(text: string): unknown
  readonly columns?: number | undefined
}

export interface Io {
  readonly stdout: Output
  readonly stderr: Output
}

export interface Command {
  /** One line, for the list of commands. */
  readonly summary: string
  /** What --help prints. */
  readonly help: string
  /** Gives the exit code. */
  run(args: readonly string[], io: Io): number | Promise<number>
}

/** Exit codes. A command started by `nskit run` has its own. */
export const EXIT = {
  ok: 0,
  /** Not found, not mapped, or refused by the kernel. */
  failure: 1,
  /** The command line is wrong. */
  usage: 2,
} as const

/** The command line is wrong: the message says what, and where it stands. */
export class UsageError extends Error {}

/** --help stood among the options. */
export class HelpRequest extends Error {}
