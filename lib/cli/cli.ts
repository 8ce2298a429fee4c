/** nskit COMMAND …: finds the command, runs it, says what went wrong. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../native/root.js'
import { nearest } from '../plan/option-names.js'
import { type Command, EXIT, HelpRequest, type Io, UsageError } from './command.js'
import { audit } from './commands/audit.js'
import { doctor } from './commands/doctor.js'
import { logs } from './commands/logs.js'
import { ls } from './commands/ls.js'
import { owner } from './commands/owner.js'
import { run } from './commands/run.js'
import { status } from './commands/status.js'
import { translate } from './commands/translate.js'
import { printable } from './text.js'

const COMMANDS: Readonly<Record<string, Command>> = {
  doctor,
  run,
  ls,
  status,
  translate,
  owner,
  logs,
  audit,
}

/** `args`: without the program's own name. Gives the exit code. */
export async function cli(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args
  if (name === '--help' || name === '-h' || name === 'help') return help(rest[0], io)
  if (name === '--version') return version(io)
  if (name === undefined) return usage('a command is missing', undefined, io)
  const command = find(name)
  if (command === undefined) return usage(unknown(name), undefined, io)
  try {
    return await command.run(rest, io)
  } catch (error) {
    if (error instanceof HelpRequest) return help(name, io)
    if (error instanceof UsageError) return usage(error.message, name, io)
    return failure(error, io)
  }
}

function find(name: string): Command | undefined {
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
}

function unknown(name: string): string {
  const near = nearest(name, Object.keys(COMMANDS))
  const known =
    near === undefined ? `there are ${Object.keys(COMMANDS).join(', ')}` : `did you mean '${near}'?`
  return `unknown command '${name}'; ${known}`
}

function help(name: string | undefined, io: Io): number {
  const command = name === undefined ? undefined : find(name)
  if (name !== undefined && command === undefined) return usage(unknown(name), undefined, io)
  io.stdout.write(command?.help ?? overview())
  return EXIT.ok
}

function overview(): string {
  const width = Math.max(...Object.keys(COMMANDS).map(({ length }) => length))
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}\n`)
  return `Usage: nskit COMMAND [OPTION]...

Linux namespaces and their ids.

${lines.join('')}
nskit COMMAND --help says more. Exit codes: 0, and 1 for what is not found, not mapped or refused by the kernel,
2 for a wrong command line.
`
}

function version({ stdout }: Io): number {
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    version: string
  }
  stdout.write(`nskit ${version}\n`)
  return EXIT.ok
}

function usage(message: string, name: string | undefined, { stderr }: Io): number {
  const command = name === undefined ? 'nskit' : `nskit ${name}`
  stderr.write(`${command}: ${printable(message)}\nTry '${command} --help'.\n`)
  return EXIT.usage
}

/** An error without a code is none of the kernel's: a fault of nskit, to be seen with its stack. */
function failure(error: unknown, { stderr }: Io): number {
  const { message, code, exitCode } = error as NodeJS.ErrnoException & { exitCode?: number }
  if (typeof code !== 'string' && !(error instanceof SyntaxError)) throw error
  stderr.write(`nskit: ${printable(message)}\n`)
  return exitCode ?? EXIT.failure
}
