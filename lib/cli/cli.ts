/** nskit COMMAND …: finds the command, runs it, says what went wrong. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../native/root.js'
import { parse } from './arguments.js'
import { EXIT, HelpRequest, type Io, UsageError } from './command.js'
import { find } from './commands/help.js'
import { COMMANDS } from './commands.js'
import { jsonOption } from './option.js'
import { styleOf } from './style.js'
import { json, printable } from './text.js'

const VERSION_OPTIONS = { json: jsonOption('an object') } as const

/** `args`: without the program's own name. Gives the exit code. */
export async function cli(args: readonly string[], io: Io): Promise<number> {
  const [first, ...rest] = args
  const name = first === '--help' || first === '-h' ? 'help' : first
  try {
    if (name === '--version') return version(rest, io)
    if (name === undefined) throw new UsageError('a command is missing')
    return await find(COMMANDS, name).run(rest, io)
  } catch (error) {
    if (error instanceof HelpRequest) return cli(name === '--version' ? ['help'] : ['help', name!], io)
    if (error instanceof UsageError) return usage(error.message, name, io)
    return failure(error, io)
  }
}

function version(args: readonly string[], { stdout }: Io): number {
  const { values, positionals } = parse(args, VERSION_OPTIONS)
  if (positionals.length > 0) throw new UsageError(`unexpected argument '${positionals[0]}'`)
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    version: string
  }
  stdout.write(values.json ? json({ version }) : `nskit ${version}\n`)
  return EXIT.ok
}

function usage(message: string, name: string | undefined, { stderr }: Io): number {
  const isOfOne = name !== undefined && name !== 'help' && Object.hasOwn(COMMANDS, name)
  const command = isOfOne ? `nskit ${name}` : 'nskit'
  stderr.write(`${styleOf(stderr).error(`${command}:`)} ${printable(message)}\nTry '${command} --help'.\n`)
  return EXIT.usage
}

/** An error without a code is none of the kernel's: a fault of nskit, to be seen with its stack. */
function failure(error: unknown, { stderr }: Io): number {
  const { message, code, exitCode } = error as NodeJS.ErrnoException & { exitCode?: number }
  if (typeof code !== 'string' && !(error instanceof SyntaxError)) throw error
  stderr.write(`${styleOf(stderr).error('nskit:')} ${printable(message)}\n`)
  return exitCode ?? EXIT.failure
}
