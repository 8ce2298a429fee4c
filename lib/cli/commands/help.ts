import { nearest } from '../../plan/option-names.js'
import { parse } from '../arguments.js'
import { type Command, EXIT, USAGE_EXIT, UsageError } from '../command.js'
import { overview } from '../help/overview.js'
import { renderHelp } from '../help/render.js'
import { paragraphWidth } from '../width.js'

type Commands = Readonly<Record<string, Command>>

/** `commands`: all of them, this one among them. */
export const helpOf = (commands: () => Commands): Command => ({
  summary: 'Print what there is, or what a command does.',
  usage: ['[COMMAND]'],
  description: ['Prints the list of commands; of COMMAND what its --help prints.'],
  options: { Options: {} },
  get operands() {
    return Object.keys(commands())
  },
  exits: [['0', 'done'], USAGE_EXIT],
  examples: [
    { command: 'nskit help', does: 'The commands' },
    { command: 'nskit help run', does: 'One of them' },
  ],
  run(args, { stdout }) {
    const { positionals } = parse(args, {})
    const [name, ...more] = positionals
    if (more.length > 0) throw new UsageError(`unexpected argument '${more[0]}'`)
    const width = paragraphWidth(stdout)
    stdout.write(
      name === undefined ? overview(commands(), width) : renderHelp(name, find(commands(), name), width),
    )
    return EXIT.ok
  },
})

/** The command of that name; a UsageError names the nearest. */
export function find(commands: Commands, name: string): Command {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command !== undefined) return command
  const near = nearest(name, Object.keys(commands))
  const known =
    near === undefined ? `there are ${Object.keys(commands).join(', ')}` : `did you mean '${near}'?`
  throw new UsageError(`unknown command '${name}'; ${known}`)
}
