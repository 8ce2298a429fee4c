import { parse, splitAtCommand } from '../arguments.js'
import { type Command, UsageError } from '../command.js'
import { START_HELP, START_OPTIONS, startOptions } from '../start/options.js'
import { END_HELP, runToEnd } from '../start/run-to-end.js'

export const run: Command = {
  summary: 'Run a command in new namespaces.',
  help: `Usage: nskit run [--unshare TYPES] [--uid-map MAP] [--gid-map MAP] [--hostname NAME] [--] COMMAND [ARGUMENT]...

Runs a command in new namespaces, with this terminal, and exits as it does.

${START_HELP}
${END_HELP}`,
  run(args) {
    const [own, [command, ...rest]] = splitAtCommand(args, START_OPTIONS)
    const { values } = parse(own, START_OPTIONS)
    if (command === undefined) throw new UsageError('a command is missing')
    return runToEnd([command, ...rest], { ...startOptions(values), stdio: 'inherit' })
  },
}
