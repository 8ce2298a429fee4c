import { oneOf, parse } from '../arguments.js'
import { type Command, EXIT, USAGE_EXIT, UsageError } from '../command.js'
import { bashCompletion } from '../completion/bash.js'
import { modelOf } from '../completion/model.js'
import { zshCompletion } from '../completion/zsh.js'

const SHELLS = { bash: bashCompletion, zsh: zshCompletion } as const
const SHELL_NAMES = Object.keys(SHELLS) as Array<keyof typeof SHELLS>

/** `commands`: all of them, this one among them. */
export const completionOf = (commands: () => Readonly<Record<string, Command>>): Command => ({
  summary: 'Print the completion for bash or zsh.',
  usage: ['bash|zsh'],
  description: [
    `Prints a script with which the shell completes commands, options and their values: words, lists with commas, files,
    pids, and the command that nskit is to start with its own arguments. It starts nothing when it is used.`,
  ],
  options: { Options: {} },
  operands: SHELL_NAMES,
  exits: [['0', 'done'], USAGE_EXIT],
  examples: [
    { command: 'source <(nskit completion bash)', does: 'For this shell; in ~/.bashrc for every one' },
    {
      command: `nskit completion zsh > "\${fpath[1]}/_nskit"`,
      does: 'For every zsh: compinit finds it there when it starts',
    },
  ],
  run(args, { stdout }) {
    const { positionals } = parse(args, {})
    const [shell, ...more] = positionals
    if (shell === undefined) throw new UsageError(`a shell is missing: ${SHELL_NAMES.join(' or ')}`)
    if (more.length > 0) throw new UsageError(`unexpected argument '${more[0]}'`)
    stdout.write(SHELLS[oneOf('completion', shell, SHELL_NAMES)](modelOf(commands())))
    return EXIT.ok
  },
})
