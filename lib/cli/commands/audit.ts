import { pipeline } from 'node:stream/promises'
import { createAuditTagger } from '../../audit/index.js'
import { ContainerRegistry } from '../../identity/index.js'
import { parse } from '../arguments.js'
import { type Command, EXIT, UsageError } from '../command.js'
import { DescriptorWriter } from '../descriptor-writer.js'

const OPTIONS = {
  registry: { type: 'string', short: 'r' },
  node: { type: 'string' },
  raw: { type: 'boolean' },
} as const

const STDOUT = 1

export const audit: Command = {
  summary: 'Tag audit records on standard input with their container, and translate their ids.',
  help: `Usage: nskit audit [--registry FILE] [--node NAME] [--raw]

Reads audit records, raw or enriched, and writes one line of JSON for each, in the same order: with its container,
where the registry knows it, and the id inside beside each host id. A line that is no record passes through marked.

  -r, --registry FILE  containers and their host ids, as ContainerRegistry.open() keeps them. What others change in it
                       is taken in at once. Default: none are known
      --node NAME      records of this host alone have containers: those with node=NAME
      --raw            the original line too, as "raw"

As a plugin of auditd it takes its records on standard input: in /etc/audit/plugins.d/nskit.conf

  active = yes
  direction = out
  path = /usr/bin/nskit
  args = audit --registry /var/lib/nskit/registry.json
  format = string

Its output then goes where auditd's goes: give a script as path that sends it on.

Examples:
  nskit audit --registry /var/lib/nskit/registry.json < /var/log/audit/audit.log
  tail -F /var/log/audit/audit.log | nskit audit -r registry.json | grep '"namespace":"web"'
`,
  async run(args) {
    const { values, positionals } = parse(args, OPTIONS)
    if (positionals.length > 0) throw new UsageError(`unexpected argument '${positionals[0]}'`)
    const { registry, node, raw } = values
    const known = registry === undefined ? new ContainerRegistry() : ContainerRegistry.open(registry)
    const tagger = createAuditTagger(known, { ...(node === undefined ? {} : { node }), raw: raw ?? false })
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
      await pipeline(tagger, new DescriptorWriter(STDOUT))
    } catch (error) {
      const { code, syscall, message } = error as NodeJS.ErrnoException
      // `nskit audit … | head`: nobody is left to write for.
      if (code === 'EPIPE') return EXIT.ok
      // The others are the registry's, which name its file.
      if (syscall !== 'write') throw error
      throw Object.assign(error as Error, { message: `standard output: ${message}` })
    } finally {
      // Or it would keep the process alive: `tail -F` does not end.
      process.stdin.destroy()
    }
    return EXIT.ok
  },
}
