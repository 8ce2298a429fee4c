/** Which boot this is. Sessions, namespaces and processes are of one boot, and the next gives out their numbers again. */

import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'

let id: { value: string | undefined } | undefined

/** undefined where there is no /proc: then nothing is known to be of another boot. */
export function bootId(): string | undefined {
  id ??= { value: read() }
  return id.value
}

function read(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch {
    return undefined
  }
}

/** When it began, in milliseconds of the wall clock as it goes now. */
export function bootTime(): number {
  return Math.floor(Date.now() - uptime() * 1000)
}
