/** Ctrl-C reaches nskit alone: what it has started to try it out is in a session of its own. */

import { endSession } from '../../probe/end-session.js'
import { type ProcessStatus, readAllStatuses } from '../../status/index.js'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Does the work; a signal that ends nskit meanwhile ends first what it has started. */
export async function withoutRemains<T>(work: () => Promise<T>): Promise<T> {
  const end = (signal: NodeJS.Signals): void => {
    restore()
    for (const { pid } of children()) endSession(pid, false)
    // As if it had never been caught: the caller sees by what it has ended.
    process.kill(process.pid, signal)
  }
  const restore = (): void => {
    for (const signal of SIGNALS) process.off(signal, end)
  }
  for (const signal of SIGNALS) process.on(signal, end)
  try {
    return await work()
  } finally {
    restore()
  }
}

function children(): ProcessStatus[] {
  try {
    return readAllStatuses().filter(({ ppid }) => ppid === process.pid)
  } catch {
    // Without /proc they cannot be found; the first process of each dies with its parent.
    return []
  }
}
