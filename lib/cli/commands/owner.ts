import { parse, pidOf } from '../arguments.js'
import { type Command, EXIT, USAGE_EXIT, UsageError } from '../command.js'
import { jsonOption, type OptionTable } from '../option.js'
import { json, list } from '../text.js'
import { translateAll } from '../translate/translate.js'

const OPTIONS = {
  pid: { type: 'string', short: 'p', value: 'PID', complete: 'pid', help: 'the process' },
  json: jsonOption('an object; an id that is not mapped is null'),
} as const satisfies OptionTable

export const owner: Command = {
  summary: 'Show the owner of a file, on the host and inside a process.',
  usage: ['PATH --pid PID [--json]'],
  description: [
    `Shows the owner and the group of a file as you see them, and as they are in the user namespace of a process: those
    that a stat inside shows, unless the file is bound there with a map of its own (an idmapped mount). For what is there,
    give the path as /proc/PID/root/PATH.`,
  ],
  options: { Options: OPTIONS },
  operands: 'file',
  exits: [
    ['0', 'done'],
    ['1', 'an id is not mapped (inside, the kernel shows it as 65534), or there is no such file or process'],
    USAGE_EXIT,
  ],
  examples: [
    { command: 'nskit owner /srv/volume --pid 4242', does: 'Whose a file is, on both sides' },
    { command: 'nskit owner /proc/4242/root/data --pid 4242', does: 'A file as the process has it mounted' },
  ],
  run(args, { stdout }) {
    const { values, positionals } = parse(args, OPTIONS)
    const [path, ...more] = positionals
    if (path === undefined) throw new UsageError('a path is missing')
    if (more.length > 0) throw new UsageError(`unexpected argument '${more[0]}'`)
    if (values.pid === undefined) throw new UsageError('--pid is missing')
    const pid = pidOf('--pid', values.pid)
    const ids = translateAll({
      id: undefined,
      path,
      pid,
      map: undefined,
      kinds: ['uid', 'gid'],
      from: 'host',
      json: values.json ?? false,
    })
    const side = (name: 'host' | 'inside') => Object.fromEntries(ids.map((each) => [each.kind, each[name]]))
    const [host, inside] = [side('host'), side('inside')]
    stdout.write(
      values.json
        ? json({ path, pid, host, inside })
        : list([
            ['Path', path],
            ['Host', words(host)],
            ['Inside', words(inside)],
          ]),
    )
    return ids.every((each) => each.host !== undefined && each.inside !== undefined) ? EXIT.ok : EXIT.failure
  },
}

function words(ids: Record<string, number | undefined>): string {
  return Object.entries(ids)
    .map(([kind, id]) => `${kind} ${id ?? 'not mapped'}`)
    .join(', ')
}
