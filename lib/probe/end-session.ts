/** Kills every process of a session, and their descendants that have left it. */

import { readlinkSync } from 'node:fs'
import { type ProcessStatus, readAllStatuses } from '../status/index.js'

/** What is killed can have forked a moment before: until none is found, but not for ever. */
const ROUNDS = 100

/**
 * `leader`: the pid that is the session's id. `isReaped`: the leader itself is gone. Processes of others, which may
 * not be killed, are left alone.
 */
export function endSession(leader: number, isReaped: boolean): void {
  if (!hasOwnProc()) {
    kill(-leader)
    return
  }
  for (let round = 0; round < ROUNDS; round++) {
    const all = allStatuses()
    // A pid is not given away while it is the id of a session: who has the leader's now came after all of them.
    if (isReaped && all.some(({ pid }) => pid === leader)) return
    const found = membersOf(leader, all)
    if (found.filter(({ pid }) => kill(pid)).length === 0) return
  }
}

/**
 * A /proc of an outer pid namespace has other numbers for the same processes: what is read there may not be killed
 * here. The process group, which is the most of a session, needs no /proc.
 */
function hasOwnProc(): boolean {
  try {
    return readlinkSync('/proc/self') === String(process.pid)
  } catch {
    return false
  }
}

function allStatuses(): readonly ProcessStatus[] {
  try {
    return readAllStatuses()
  } catch {
    return []
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
