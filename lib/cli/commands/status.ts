import {
  CAPABILITIES,
  type CapabilityName,
  type IdQuad,
  type ProcessStatus,
  readStatus,
} from '../../status/index.js'
import { parse, pidOf } from '../arguments.js'
import { type Command, EXIT, USAGE_EXIT, UsageError } from '../command.js'
import { jsonOption, type OptionTable } from '../option.js'
import { json, list } from '../text.js'

/** proc_pid_stat(5). */
const STATES: Readonly<Record<string, string>> = {
  R: 'R (running)',
  S: 'S (sleeping)',
  D: 'D (waiting, not to be interrupted)',
  T: 'T (stopped)',
  t: 't (stopped by its tracer)',
  Z: 'Z (zombie: has ended, its parent has not asked)',
  X: 'X (dead)',
  I: 'I (idle kernel thread)',
  P: 'P (parked)',
}

const OPTIONS = {
  json: jsonOption('an object with every field, and the kernel\'s own lines under "fields"'),
} as const satisfies OptionTable

export const status: Command = {
  summary: 'Show /proc/PID/status: ids, namespaces, capabilities, memory.',
  usage: ['[PID] [--json]'],
  description: [
    `Shows what the kernel says of a process, /proc/PID/status; of nskit's own without PID. Ids are as your user namespace
    sees them: what it cannot map reads 65534.`,
  ],
  options: { Options: OPTIONS },
  operands: 'pid',
  exits: [['0', 'done'], ['1', 'there is no such process'], USAGE_EXIT],
  examples: [
    { command: 'nskit status $$', does: 'Of this shell' },
    { command: 'nskit status $$ --json | jq .capabilities.effective', does: 'What it may' },
  ],
  run(args, { stdout }) {
    const { values, positionals } = parse(args, OPTIONS)
    const [pid, ...more] = positionals
    if (more.length > 0) throw new UsageError(`unexpected argument '${more[0]}'`)
    const found = readStatus(pid === undefined ? 'self' : pidOf('PID', pid))
    stdout.write(values.json ? json(decoded(found)) : list(entriesOf(found)))
    return EXIT.ok
  },
}

/** JSON is UTF-8, and so are most names, as `nskit ls` has them. */
function decoded(found: ProcessStatus): object {
  const fields = [...found.fields].map(([key, value]) => [key, utf8(value)])
  return { ...found, name: utf8(found.name), fields: Object.fromEntries(fields) }
}

/** The library gives each byte a character of its own. */
function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString()
}

function entriesOf(found: ProcessStatus): Array<[string, string | undefined]> {
  const { capabilities, memory } = found
  return [
    ['Name', utf8(found.name)],
    ['State', STATES[found.state] ?? found.state],
    ['Pid', found.nsPid?.join(' → ') ?? String(found.pid)],
    ['Parent', String(found.ppid)],
    ['Tracer', found.tracerPid === 0 ? undefined : String(found.tracerPid)],
    ['Threads', String(found.threads)],
    ['Uid', quad(found.uid)],
    ['Gid', quad(found.gid)],
    ['Groups', found.groups.length > 0 ? found.groups.join(' ') : 'none'],
    ['Capabilities', names(capabilities.effective)],
    ['Permitted', names(capabilities.permitted)],
    ['Inheritable', names(capabilities.inheritable)],
    ['Bounding', names(capabilities.bounding)],
    ['Ambient', names(capabilities.ambient)],
    ['NoNewPrivs', found.noNewPrivs === undefined ? undefined : found.noNewPrivs ? 'yes' : 'no'],
    ['Seccomp', found.seccomp],
    ['Memory', memory.VmRSS === undefined ? undefined : `${memory.VmRSS} KiB resident`],
    ['CPUs', found.cpusAllowedList],
  ]
}

function quad({ real, effective, saved, filesystem }: IdQuad): string {
  if (real === effective && real === saved && real === filesystem) return String(real)
  return `real ${real}, effective ${effective}, saved ${saved}, filesystem ${filesystem}`
}

function names(set: ReadonlySet<CapabilityName>): string {
  if (set.size === 0) return 'none'
  const missing = CAPABILITIES.filter((name) => !set.has(name))
  if (missing.length === 0) return 'all'
  return missing.length < 5 ? `all but ${missing.join(' ')}` : [...set].join(' ')
}
