import { errnoMessage } from '../../errors/errno.js'
import { SetupError } from '../../errors/setup-error.js'
import type { NamespacedProcess } from '../../spawn/namespaced-process.js'
import type { IdMapInput, SpawnOptions } from '../../spawn/options.js'
import { spawn } from '../../spawn/spawn.js'
import { signalNumberOf } from '../../tables/signals.js'
import { mapOf, parse, splitAtCommand, typesOf } from '../arguments.js'
import { type Command, UsageError } from '../command.js'

const OPTIONS = {
  unshare: { type: 'string', short: 'u', multiple: true },
  'uid-map': { type: 'string', multiple: true },
  'gid-map': { type: 'string', multiple: true },
  hostname: { type: 'string' },
  'no-init': { type: 'boolean' },
} as const

/** As env(1), nohup(1) and the shells have it. */
const CANNOT_EXECUTE = 126
const NOT_FOUND = 127
const SIGNAL_BASE = 128
/** What a supervisor sends to nskit alone; the terminal's own signals reach the command without help. */
const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const
const FROM_TERMINAL = ['SIGINT', 'SIGQUIT'] as const

export const run: Command = {
  summary: 'Run a command in new namespaces.',
  help: `Usage: nskit run [--unshare TYPES] [--uid-map MAP] [--gid-map MAP] [--hostname NAME] [--] COMMAND [ARGUMENT]...

Runs a command in new namespaces, with this terminal, and exits as it does.

  -u, --unshare TYPES  new namespaces: user, mnt, uts, ipc, cgroup, net, pid, time; several with commas
      --uid-map MAP    root: you are 0 (default); self: you keep your id; subids: you are 0, with your subordinate ids;
                       or INSIDE:HOST:SIZE, several with commas. Needs --unshare user
      --gid-map MAP    as --uid-map
      --hostname NAME  needs --unshare uts
      --no-init        with --unshare pid: the command itself is PID 1

Exits with the command's code, or 128 + the number of the signal that ended it; 127 where there is no such command,
126 where it cannot be executed, 1 where the namespaces are refused.
`,
  async run(args) {
    const [own, [command, ...rest]] = splitAtCommand(args, OPTIONS)
    const { values } = parse(own, OPTIONS)
    if (command === undefined) throw new UsageError('a command is missing')
    let child: NamespacedProcess | undefined
    // First: the command may be at work, and known to who sends signals, before the start has returned.
    const restore = passSignals((signal) => child?.kill(signal))
    try {
      child = start(command, rest, {
        stdio: 'inherit',
        unshare: typesOf('--unshare', values.unshare ?? []),
        uidMap: mapInput('--uid-map', values['uid-map']),
        gidMap: mapInput('--gid-map', values['gid-map']),
        hostname: values.hostname,
        init: values['no-init'] ? false : undefined,
      })
      const { exitCode, signalCode } = await child.exited
      return signalCode === null ? exitCode! : SIGNAL_BASE + signalNumberOf(signalCode)!
    } catch (error) {
      throw named(command, error)
    } finally {
      restore()
    }
  },
}

/** An option that lacks what it requires is the command line's fault. */
function start(command: string, args: readonly string[], options: SpawnOptions): NamespacedProcess {
  try {
    // Its errors arrive through `exited`.
    return spawn(command, args, options).on('error', () => {})
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw new UsageError(error.message)
    throw error
  }
}

function mapInput(name: string, values: readonly string[] | undefined): IdMapInput | undefined {
  const [word] = values ?? []
  if (values === undefined || word === 'root' || word === 'self' || word === 'subids')
    return word as IdMapInput
  return mapOf(name, values)
}

function passSignals(pass: (signal: NodeJS.Signals) => void): () => void {
  const leave = () => {}
  for (const signal of FORWARDED) process.on(signal, pass)
  // Not to die before the command, which may catch them.
  for (const signal of FROM_TERMINAL) process.on(signal, leave)
  return () => {
    for (const signal of FORWARDED) process.off(signal, pass)
    for (const signal of FROM_TERMINAL) process.off(signal, leave)
  }
}

/** A command that cannot be executed, in a shell's words and with its exit code. */
function named(command: string, error: unknown): unknown {
  if (!SetupError.is(error) || error.step !== 'exec') return error
  const exitCode = error.code === 'ENOENT' ? NOT_FOUND : CANNOT_EXECUTE
  return Object.assign(error, { message: `${command}: ${errnoMessage(-error.errno)}`, exitCode })
}
