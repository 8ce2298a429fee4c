/** Signals by name and by number. */

import { constants } from 'node:os'

const NUMBERS: Readonly<Record<string, number | undefined>> = constants.signals
const NAMES = new Map(
  Object.entries(constants.signals).map(([name, number]) => [number, name as NodeJS.Signals]),
)
// libuv's choice where a number has two names.
NAMES.set(constants.signals.SIGABRT, 'SIGABRT').set(constants.signals.SIGIO, 'SIGIO')

/** SIGRTMIN in the C library, which keeps the first two of the kernel's for itself. */
const FIRST_REAL_TIME = 34

/** A real-time signal has no name in Node's table: it is shown as a shell shows it. */
export function signalName(number: number): NodeJS.Signals {
  return NAMES.get(number) ?? (`SIGRTMIN+${number - FIRST_REAL_TIME}` as NodeJS.Signals)
}

/** undefined for a name that is none; upper and lower case are the same, as in child_process. */
export function signalNumberOf(name: string): number | undefined {
  const realTime = /^SIGRTMIN\+(\d\d?)$/i.exec(name)
  return realTime === null ? NUMBERS[name.toUpperCase()] : FIRST_REAL_TIME + Number(realTime[1])
}

/** Those that a process without handlers ignores or is stopped by (signal(7)), and 0, which only asks. */
const HARMLESS: ReadonlySet<number> = new Set([
  0,
  ...(['SIGCHLD', 'SIGCONT', 'SIGURG', 'SIGWINCH', 'SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU'] as const).map(
    (name) => constants.signals[name],
  ),
])

export function endsByDefault(number: number): boolean {
  return !HARMLESS.has(number)
}
