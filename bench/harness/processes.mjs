import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { compileC } from './peers.mjs'

/**
 * Runs `work` with so many more processes on the machine; with `groups`, in that many groups, each in user,
 * mnt, ipc, uts and cgroup namespaces of its own. They end with this process, however it ends.
 */
export async function withProcesses({ count, groups = 0 }, work) {
  const child = spawn(compileC('sleepers.c'), [String(count), String(groups)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exit = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  try {
    const { done } = await Promise.race([lines.next(), exit.then(() => ({ done: true }))])
    if (done) throw new Error(`${count} processes could not be started`)
    await work()
  } finally {
    child.stdin.end()
    await exit
  }
}
