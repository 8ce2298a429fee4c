/** Kills every process of a session, and their descendants that have left it. */

import { type ProcessStatus, readAllStatuses } from '../status/index.js'

/** What is killed can have forked a moment before: until none is found, but not for ever. */
const ROUNDS = 100

/** `leader`: the pid that is the session's id. Processes of others, which may not be killed, are left alone. */
export function endSession(leader: number): void {
  for (let round = 0; round < ROUNDS; round++) {
    const found = membersOf(leader, readAllStatuses())
    if (found.filter(({ pid }) => kill(pid)).length === 0) return
  }
}

function membersOf(leader: number, all: readonly ProcessStatus[]): ProcessStatus[] {
  const members = new Set([leader])
  const living = all.filter(({ state }) => !/^[ZX]/.test(state))
  // A parent can stand behind its child in the list, once pids have wrapped around.
  for (let size = 0; size < members.size; ) {
    size = members.size
    for (const { pid, ppid, nsSid } of living) {
      if (nsSid?.[0] === leader || members.has(ppid)) members.add(pid)
    }
  }
  return living.filter(({ pid }) => members.has(pid))
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}
