import { listNamespaces, type NamespaceInfo } from '../../namespaces/list.js'
import { NAMESPACE_TYPES } from '../../tables/namespaces.js'
import { parse, pidOf, typesOf } from '../arguments.js'
import { type Command, EXIT, type Output, USAGE_EXIT, UsageError } from '../command.js'
import { jsonOption, type OptionTable } from '../option.js'
import { styleOf } from '../style.js'
import { json, table } from '../text.js'
import { columnsOf } from '../width.js'

const OPTIONS = {
  type: {
    type: 'string',
    short: 't',
    multiple: true,
    value: 'TYPES',
    complete: NAMESPACE_TYPES,
    list: true,
    help: 'only these types: user, mnt, uts, ipc, cgroup, net, pid or time; several with commas',
  },
  pid: {
    type: 'string',
    short: 'p',
    value: 'PID',
    complete: 'pid',
    help: 'only those that this process is in',
  },
  json: jsonOption('an array of objects'),
} as const satisfies OptionTable

const COLUMNS = `\
  NS      inode, as in /proc/PID/ns     OWNER   the user namespace that owns it
  PROCS   processes inside              PARENT  of a user or pid namespace
  PID     the lowest of them            PATHS   bind mounts, where there are any
  UID     its effective uid             -       none, or out of your sight
`

export const ls: Command = {
  summary: 'List namespaces: who is in them, who owns them, what keeps them.',
  usage: ['[--type TYPES] [--pid PID] [--json]'],
  description: [
    `Lists the namespaces that you can see, also those that only a descriptor, a bind mount or a child namespace
    keeps.`,
  ],
  options: { Options: OPTIONS },
  notes: COLUMNS,
  exits: [['0', 'done'], ['1', 'there is no such process'], USAGE_EXIT],
  examples: [
    { command: 'nskit ls', does: 'All of them' },
    { command: 'nskit ls --pid $$ --type net,uts', does: 'The network and the hostname of this shell' },
    {
      command: `nskit ls --json | jq '.[] | select(.processes == 0)'`,
      does: 'Those that no process is in',
    },
  ],
  run(args, { stdout }) {
    const { values, positionals } = parse(args, OPTIONS)
    if (positionals.length > 0) throw new UsageError(`unexpected argument '${positionals[0]}'`)
    const rows = listNamespaces({
      types: values.type && typesOf('--type', values.type),
      pid: values.pid === undefined ? undefined : pidOf('--pid', values.pid),
    })
    stdout.write(values.json ? json(rows.map(numbered)) : tableOf(rows, stdout))
    return EXIT.ok
  },
}

/** Inodes as numbers, as lsns has them: the kernel makes them of 32 bits. */
function numbered(row: NamespaceInfo): object {
  const number = (ino: bigint | undefined) => (ino === undefined ? undefined : Number(ino))
  return { ...row, ino: number(row.ino), owner: number(row.owner), parent: number(row.parent) }
}

function tableOf(rows: readonly NamespaceInfo[], stdout: Output): string {
  const hasPaths = rows.some(({ paths }) => paths.length > 0)
  const headings = [
    'NS',
    'TYPE',
    'PROCS',
    'PID',
    'UID',
    'OWNER',
    'PARENT',
    ...(hasPaths ? ['PATHS'] : []),
    'COMMAND',
  ]
  const cells = rows.map(({ ino, type, processes, pid, uid, owner, parent, paths, command }) => {
    const mounts = hasPaths ? [paths.length > 0 ? paths.join(', ') : undefined] : []
    return [ino, type, processes, pid, uid, owner, parent, ...mounts, command ?? '-']
  })
  return table(headings, cells, columnsOf(stdout), styleOf(stdout))
}
