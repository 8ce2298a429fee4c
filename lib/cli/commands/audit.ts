import { pipeline } from 'node:stream/promises'
import { createAuditTagger } from '../../audit/index.js'
import { ContainerRegistry } from '../../identity/index.js'
import { parse } from '../arguments.js'
import { type Command, EXIT, USAGE_EXIT, UsageError } from '../command.js'
import { writingToStdout } from '../descriptor-writer.js'
import type { OptionTable } from '../option.js'
import { printable } from '../text.js'

const OPTIONS = {
  registry: {
    type: 'string',
    short: 'r',
    value: 'FILE',
    complete: 'file',
    help: `containers and their host ids, as ContainerRegistry.open() keeps them. What others change in it is taken in at
      once; should it be torn meanwhile, standard error says so, and what was known stays. Default: none are known`,
  },
  node: {
    type: 'string',
    value: 'NAME',
    help: 'records of this host alone have containers: those with node=NAME',
  },
  raw: { type: 'boolean', help: 'the original line too, as "raw"' },
} as const satisfies OptionTable

const PLUGIN = `\
As a plugin of auditd it takes its records on standard input:
in /etc/audit/plugins.d/nskit.conf

  active = yes
  direction = out
  path = /usr/bin/nskit
  args = audit --registry /var/lib/nskit/registry.json
  format = string

Its output then goes where auditd's goes: give as path a script that
sends it on. SIGTERM ends it when all that it has read is written.
`

export const audit: Command = {
  summary: 'Tag audit records on standard input with their container, and translate their ids.',
  usage: ['[--registry FILE] [--node NAME] [--raw]'],
  description: [
    `Reads audit records on standard input, raw or enriched, and writes one line of JSON for each, in the same order: with
    its container, where the registry knows it, and the id inside beside each host id. A line that is no record passes
    through marked.`,
  ],
  options: { Options: OPTIONS },
  notes: PLUGIN,
  exits: [
    ['0', 'the input has ended, or nobody reads the output any more'],
    ['1', 'the registry cannot be read at the start, or the output not be written'],
    USAGE_EXIT,
  ],
  examples: [
    {
      command: 'nskit audit --registry /var/lib/nskit/registry.json < /var/log/audit/audit.log',
      does: 'What has been recorded',
    },
    {
      command: `tail -F /var/log/audit/audit.log | nskit audit -r registry.json | grep '"namespace":"web"'`,
      does: "One container's records, as they come",
    },
  ],
  async run(args, { stderr }) {
    const { values, positionals } = parse(args, OPTIONS)
    if (positionals.length > 0) throw new UsageError(`unexpected argument '${positionals[0]}'`)
    const { registry, node, raw } = values
    const known = registry === undefined ? new ContainerRegistry() : ContainerRegistry.open(registry)
    const tagger = createAuditTagger(known, {
      ...(node === undefined ? {} : { node }),
      raw: raw ?? false,
      onRegistryError: ({ message }) =>
        stderr.write(`nskit audit: ${printable(message)}: going on with the containers known before\n`),
    })
    // auditd asks a plugin so to read its settings again; the registry is read again as it changes.
    process.on('SIGHUP', () => {})
    // And so to end: what has been read is written.
    process.once('SIGTERM', () => {
      process.stdin.unpipe(tagger)
      tagger.end()
      process.stdin.destroy()
    })
    process.stdin.pipe(tagger)
    try {
      await writingToStdout((stdout) => pipeline(tagger, stdout))
    } finally {
      // Or it would keep the process alive: `tail -F` does not end.
      process.stdin.destroy()
    }
    return EXIT.ok
  },
}
