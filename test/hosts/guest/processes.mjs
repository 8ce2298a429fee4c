// The programs of a run: none outlives it, nor this process.
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'

export class Processes {
  #log
  #all = []

  /** `log`: the file for what they say. */
  constructor(log) {
    this.#log = log
  }

  start(command, env = {}) {
    const log = openSync(this.#log, 'a')
    // The kernel's own way: no handler of ours runs when Node is killed.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    const ended = new Promise((resolve) => {
      child.once('error', resolve).once('close', resolve)
    })
    this.#all.push({ child, ended })
    return ended
  }

  async endAll() {
    for (const { child } of this.#all) child.kill('SIGKILL')
    await Promise.all(this.#all.map(({ ended }) => ended))
  }

  said() {
    return readFileSync(this.#log, 'utf8')
  }
}
