import { readlinkSync } from 'node:fs'
import type { SpawnOptions } from '../../spawn/options.js'
import { UsageError } from '../command.js'

/** Node's event loop takes the lowest number that is free. Nobody means to pass one on. */
const EVENT_LOOPS = /^anon_inode:\[(eventpoll|io_uring)\]$/

/** The command must not get nskit's own in place of what the caller has forgotten to open. */
export function refuseOwn(fds: SpawnOptions['fds']): void {
  for (const fd of Object.values(fds ?? {})) {
    if (EVENT_LOOPS.test(openedAs(fd))) throw new UsageError(`--fd: ${fd} is not open: it is nskit's own`)
  }
}

function openedAs(fd: number): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return '' // not open, as the start will say, or no /proc
  }
}
