import { readFileSync } from 'node:fs'
import { until } from '../support/wait.js'

const LOOKS = 100

/** Waits until a process that has nothing to wait for but its output is blocked: asleep, and not woken between looks. */
export async function standstill(pid: number): Promise<void> {
  let last = ''
  let looks = 0
  const isAsleep = () => {
    const lines = readFileSync(`/proc/${pid}/status`, 'utf8').split('\n')
    const now = lines.filter((line) => /^State|ctxt_switches/.test(line)).join()
    looks = now === last && now.startsWith('State:\tS') ? looks + 1 : 0
    last = now
    return looks === LOOKS
  }
  await until(isAsleep, 'the process to be blocked')
}
