import { parse, splitAtCommand } from '../arguments.js'
import type { Command } from '../command.js'
import { START_GROUPS, START_OPTIONS, startOf } from '../start/options.js'
import { END_EXITS, runToEnd } from '../start/run-to-end.js'

export const run: Command = {
  summary: 'Run a command in new namespaces.',
  usage: ['[OPTION]... [--] COMMAND [ARGUMENT]...'],
  description: [
    `Runs a command in new namespaces or those that there are, with this terminal, and exits as it does. Nothing is
    unshared, hidden or taken away but what options say.`,
    `Given twice, an option holds as it stands last; one that says "with commas", and every mount, adds to those before. In
    values with a : or a , between their parts a \\: and a \\, are of a part.`,
  ],
  options: START_GROUPS,
  operands: 'command',
  exits: END_EXITS,
  examples: [
    {
      command: `nskit run --unshare user,uts --hostname box sh -c 'id -u; uname -n'`,
      does: 'Root of a user namespace, with a hostname of its own',
    },
    {
      command: 'nskit run -u user,mnt,net --root-readonly --tmpfs /tmp --bind . -- npm test',
      does: 'Tests that write here and in /tmp alone, without a network',
    },
    {
      command: 'nskit run -u user,pid,mnt --root ./rootfs --dev /dev -- /bin/sh',
      does: 'A directory as /, with a /proc and a /dev',
    },
    { command: 'nskit run --join 4242 -- sh', does: 'Into the namespaces of a process' },
    {
      command: 'nskit run --capabilities none --seccomp sandbox -- node app.js',
      does: 'The same view, with less to do harm by',
    },
  ],
  async run(args) {
    const [own, words] = splitAtCommand(args, START_OPTIONS)
    const { given } = parse(own, START_OPTIONS)
    using line = startOf(given, words)
    return await runToEnd(line, 'inherit')
  },
}
