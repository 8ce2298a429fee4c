/** When a process began. */

import { readFileSync } from 'node:fs'

/** USER_HZ, in which /proc counts time on every architecture that Node runs on (proc_pid_stat(5)). */
const TICKS_PER_SECOND = 100
/** Place of `starttime` behind the command's name, the 22nd field of all. */
const START_TIME = 19

/**
 * Milliseconds of wall-clock time, no later than its first audit record's; undefined where it has gone. The two clocks
 * that are compared count in hundredths of a second each.
 */
export function startTime(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // A command may have any bytes in its name: the last parenthesis closes it.
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[START_TIME])
    const uptime = Number(readFileSync('/proc/uptime', 'latin1').split(' ', 1)[0])
    const age = uptime * 1000 - (ticks * 1000) / TICKS_PER_SECOND
    return beforeItsRecords(Date.now() - age - 1000 / TICKS_PER_SECOND)
  } catch {
    return undefined
  }
}

/** As long as a timer interrupt may be away: CONFIG_HZ is 100 or more. */
const TIMER_PERIOD = 10

/** Audit stamps with ktime_get_coarse_real_ts64(): a record may say an earlier time than a clock said before it. */
export function beforeItsRecords(time: number): number {
  return Math.floor(time) - TIMER_PERIOD
}
