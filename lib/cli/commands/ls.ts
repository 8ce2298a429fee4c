import { listNamespaces, type NamespaceInfo } from '../../namespaces/list.js'
import { parse, pidOf, typesOf } from '../arguments.js'
import { type Command, EXIT, UsageError } from '../command.js'
import { json, table } from '../text.js'

const OPTIONS = {
  type: { type: 'string', short: 't', multiple: true },
  pid: { type: 'string', short: 'p' },
  json: { type: 'boolean' },
} as const

export const ls: Command = {
  summary: 'List namespaces: who is in them, who owns them, what keeps them.',
  help: `Usage: nskit ls [--type TYPE] [--pid PID] [--json]

Lists the namespaces that you can see, also those that only a descriptor, a bind mount or a child namespace keeps.

  -t, --type TYPE  only this type: user, mnt, uts, ipc, cgroup, net, pid or time; several with commas
  -p, --pid PID    only those that this process is in
      --json       an array of objects

  NS      inode, as in /proc/PID/ns          OWNER   the user namespace that owns it
  PROCS   processes inside                   PARENT  of a user or pid namespace
  PID     the lowest of them                 PATHS   bind mounts, where there are any
  UID     its effective uid                  -       none, or out of your sight
`,
  run(args, { stdout }) {
    const { values, positionals } = parse(args, OPTIONS)
    if (positionals.length > 0) throw new UsageError(`unexpected argument '${positionals[0]}'`)
    const rows = listNamespaces({
      types: values.type && typesOf('--type', values.type),
      pid: values.pid === undefined ? undefined : pidOf('--pid', values.pid),
    })
    stdout.write(values.json ? json(rows.map(numbered)) : tableOf(rows, stdout.columns))
    return EXIT.ok
  },
}

/** Inodes as numbers, as lsns has them: the kernel makes them of 32 bits. */
function numbered(row: NamespaceInfo): object {
  const number = (ino: bigint | undefined) => (ino === undefined ? undefined : Number(ino))
  return { ...row, ino: number(row.ino), owner: number(row.owner), parent: number(row.parent) }
}

function tableOf(rows: readonly NamespaceInfo[], columns: number | undefined): string {
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
  return table(headings, cells, columns)
}
