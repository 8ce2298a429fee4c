import { tagLogs } from '../../logs/index.js'
import { parse, splitAtCommand } from '../arguments.js'
import { type Command, UsageError } from '../command.js'
import { writingToStdout } from '../descriptor-writer.js'
import type { OptionTable } from '../option.js'
import { START_GROUPS, START_OPTIONS, startOf } from '../start/options.js'
import { END_EXITS, runToEnd } from '../start/run-to-end.js'

const OPTIONS = {
  namespace: {
    elsewhere: ['name', 'component'],
    type: 'string',
    short: 'n',
    value: 'NAME',
    help: 'whose lines they are',
  },
  label: {
    type: 'string',
    short: 'l',
    multiple: true,
    value: 'KEY=VALUE',
    help: 'one more field of every line, a string; as often as you like',
  },
} as const satisfies OptionTable
const ALL = { ...OPTIONS, ...START_OPTIONS } as const

/** The tagger's own; `time` and these are no labels. */
const SET = ['namespace', 'stream', 'pid', 'time']

export const logs: Command = {
  summary: 'Run a command, and write its output as JSON lines that say whose they are.',
  usage: ['--namespace NAME [--label KEY=VALUE]... [OPTION]... [--] COMMAND [ARGUMENT]...'],
  description: [
    `Runs a command and writes its standard output and error, line by line, to standard output: as JSON, with namespace,
    stream, pid and time. A line that is a JSON object keeps its fields; any other is the field message.`,
  ],
  options: { Options: OPTIONS, ...START_GROUPS },
  operands: 'command',
  exits: END_EXITS,
  examples: [
    {
      command: `nskit logs --namespace executor --label region=eu -- sh -c 'echo ready'`,
      does: 'Lines that say whose they are',
    },
    {
      command: 'nskit logs -n executor --unshare user,pid,net -- npm test | jq .message',
      does: 'Of a command in new namespaces',
    },
  ],
  async run(args) {
    const [own, words] = splitAtCommand(args, ALL)
    const { values, given } = parse(own, ALL)
    if (values.namespace === undefined) throw new UsageError('--namespace is missing')
    const labels = labelsOf(values.namespace, values.label ?? [])
    using line = startOf(given, words)
    // Where nobody reads on, the command is told as nskit was.
    return await runToEnd(line, ['inherit', 'pipe', 'pipe'], (child) =>
      writingToStdout((stdout) => tagLogs(child, stdout, labels)),
    )
  },
}

function labelsOf(namespace: string, pairs: readonly string[]): Record<string, string> {
  const labels = pairs.map((pair) => {
    const at = pair.indexOf('=')
    if (at < 1) throw new UsageError(`--label: '${pair}' is not KEY=VALUE`)
    const key = pair.slice(0, at)
    if (SET.includes(key)) throw new UsageError(`--label: '${key}' is set by nskit`)
    return [key, pair.slice(at + 1)] as const
  })
  return { ...Object.fromEntries(labels), namespace }
}
