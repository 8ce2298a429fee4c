/** A command started in place of nskit: it has its signals, and its end is nskit's. */

import { errnoMessage } from '../../errors/errno.js'
import { SetupError } from '../../errors/setup-error.js'
import type { NamespacedProcess } from '../../spawn/namespaced-process.js'
import type { SpawnOptions } from '../../spawn/options.js'
import { spawn } from '../../spawn/spawn.js'
import { signalNumberOf } from '../../tables/signals.js'
import { UsageError } from '../command.js'

/** As env(1), nohup(1) and the shells have it. */
const CANNOT_EXECUTE = 126
const NOT_FOUND = 127
const SIGNAL_BASE = 128
/** What a supervisor sends to nskit alone; the terminal's own signals reach the command without help. */
const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const
const FROM_TERMINAL = ['SIGINT', 'SIGQUIT'] as const

/** What --help says of the exit code. */
export const END_HELP = `\
Exits with the command's code, or 128 + the number of the signal that ended it; 127 where there is no such command,
126 where it cannot be executed, 1 where the namespaces are refused.
`

/**
 * Gives the exit code. `attend` is called in the tick of the start, and signals are passed on until what it gives has
 * settled.
 */
export async function runToEnd(
  [command, ...args]: readonly [command: string, ...args: string[]],
  options: SpawnOptions,
  attend: (child: NamespacedProcess) => Promise<void> = async () => {},
): Promise<number> {
  let child: NamespacedProcess | undefined
  // First: the command may be at work, and known to who sends signals, before the start has returned.
  const restore = passSignals((signal) => child?.kill(signal))
  try {
    child = start(command, args, options)
    const [end, attended] = await Promise.allSettled([child.exited, attend(child)])
    if (end.status === 'rejected') throw named(command, end.reason)
    if (attended.status === 'rejected') throw attended.reason
    const { exitCode, signalCode } = end.value
    return signalCode === null ? exitCode! : SIGNAL_BASE + signalNumberOf(signalCode)!
  } finally {
    restore()
  }
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
