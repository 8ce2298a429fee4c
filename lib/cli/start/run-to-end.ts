/** A command started in place of nskit: it has its signals, and its end is nskit's. */

import { setTimeout as delay } from 'node:timers/promises'
import { errnoMessage } from '../../errors/errno.js'
import { SetupError } from '../../errors/setup-error.js'
import type { NamespacedProcess } from '../../spawn/namespaced-process.js'
import type { StdioOptions } from '../../spawn/options.js'
import { spawn } from '../../spawn/spawn.js'
import { signalNumberOf } from '../../tables/signals.js'
import { type ExitCodes, USAGE_EXIT } from '../command.js'
import { isInForeground } from './foreground.js'
import type { Start } from './options.js'
import { refuseOwn } from './own-descriptors.js'
import { inWordsOf, reword } from './wording.js'

/** As env(1), nohup(1) and the shells have it. */
const CANNOT_EXECUTE = 126
const NOT_FOUND = 127
const SIGNAL_BASE = 128
/** For a start, which takes milliseconds. */
const PATIENCE = 5000
/** What a supervisor sends to nskit alone. */
const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const
/** Of the terminal's foreground it comes from a key, and reaches the command without help. */
const FROM_TERMINAL = ['SIGINT', 'SIGQUIT'] as const

/** Exit codes of every command that starts another one. */
export const END_EXITS: ExitCodes = [
  ['CODE', "the command's own"],
  ['128+N', 'signal N has ended the command'],
  ['127', 'there is no such command'],
  ['126', 'the command cannot be executed'],
  ['1', 'the namespaces are refused'],
  USAGE_EXIT,
]

/**
 * Gives the exit code. `attend` is called in the tick of the start, and signals are passed on until what it gives has
 * settled.
 */
export async function runToEnd(
  { command: [command, ...args], options, mounts }: Start,
  stdio: StdioOptions,
  attend: (child: NamespacedProcess) => Promise<void> = async () => {},
): Promise<number> {
  refuseOwn(options.fds)
  let child: NamespacedProcess | undefined
  // First: the command may be at work, and known to who sends signals, before the start has returned.
  const restore = passSignals(options.detached === true, (signal) => void deliver(child, signal))
  try {
    // Its errors arrive through `exited`.
    child = inWordsOf(mounts, () => spawn(command, args, { ...options, stdio }).on('error', () => {}))
    const [end, attended] = await Promise.allSettled([child.exited, attend(child)])
    if (end.status === 'rejected') throw told(command, mounts, end.reason)
    if (attended.status === 'rejected') throw attended.reason
    const { exitCode, signalCode } = end.value
    return signalCode === null ? exitCode! : SIGNAL_BASE + signalNumberOf(signalCode)!
  } finally {
    restore()
  }
}

/**
 * The command may run before nskit has heard of it, and kill() ends a start that goes on: a signal waits for its end, but
 * for a start that hangs.
 */
async function deliver(child: NamespacedProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child === undefined) return
  const started = child.spawned.catch(() => {})
  if (child.pid === undefined) await Promise.race([started, delay(PATIENCE, undefined, { ref: false })])
  child.kill(signal)
}

/** `alone`: the command is not in the session of the terminal, and hears of its keys from nskit only. */
function passSignals(alone: boolean, pass: (signal: NodeJS.Signals) => void): () => void {
  // Not to die before the command, which may catch them.
  const fromTerminal = (signal: NodeJS.Signals): void => {
    if (alone || !isInForeground()) pass(signal)
  }
  for (const signal of FORWARDED) process.on(signal, pass)
  for (const signal of FROM_TERMINAL) process.on(signal, fromTerminal)
  return () => {
    for (const signal of FORWARDED) process.off(signal, pass)
    for (const signal of FROM_TERMINAL) process.off(signal, fromTerminal)
  }
}

/**
 * What was refused, in the words of the command line; a command that cannot be executed, in a shell's and with its
 * exit code.
 */
function told(command: string, mounts: Start['mounts'], error: unknown): unknown {
  if (!SetupError.is(error)) return error
  reword(error, mounts)
  if (error.step !== 'exec') return error
  const exitCode = error.code === 'ENOENT' ? NOT_FOUND : CANNOT_EXECUTE
  return Object.assign(error, { message: `${command}: ${errnoMessage(-error.errno)}`, exitCode })
}
