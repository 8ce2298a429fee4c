// A run's checks, one after the other, and what they share.
import { spawn } from 'node:child_process'
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const TREE = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
export const CONSUMER = join(TREE, 'test/package/consumer')

const PATIENCE_MS = 600_000

class Missing extends Error {}

export class Checks {
  passed = 0
  failed = 0
  leftOut = 0
  #folder = mkdtempSync(join(tmpdir(), 'nskit-package-'))
  #made = new Map()
  #words
  #current
  #interrupted

  constructor(words) {
    this.#words = words
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.once(signal, () => {
        this.#interrupted = signal
        // Its group: npm's children do not pass a signal on.
        if (this.#current) process.kill(-this.#current.pid, 'SIGKILL')
      })
    }
  }

  /** Each check: { name, run(checks) }, where run returns what the line shall add, or throws. */
  async all(checks) {
    const chosen = ({ name }) => this.#words.length === 0 || this.#words.some((word) => name.includes(word))
    for (const check of checks.filter(chosen)) await this.#one(check)
  }

  async #one({ name, run }) {
    const started = performance.now()
    try {
      const remark = await run(this)
      this.passed += 1
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      console.log(`ok       ${name}${remark ? `: ${remark}` : ''} (${seconds} s)`)
    } catch (error) {
      if (error instanceof Missing && !process.env.CI) {
        this.leftOut += 1
        console.log(`NOT RUN  ${name}: ${error.message}`)
        return
      }
      this.failed += 1
      console.log(`FAILED   ${name}: ${error.message}`)
    }
  }

  /** Made by the first check that asks, in a folder of its own, and kept for the others. */
  shared(name, make) {
    if (!this.#made.has(name)) {
      const folder = join(this.#folder, name)
      mkdirSync(folder)
      this.#made.set(name, make(folder))
    }
    return this.#made.get(name)
  }

  /** The path of a program that may not be installed. */
  tool(name) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      try {
        const path = join(folder, name)
        accessSync(path, constants.X_OK)
        return path
      } catch {
        // Not in this folder.
      }
    }
    throw new Missing(`${name} is not installed`)
  }

  /** For what a host may lack, other than a program. */
  missing(what) {
    throw new Missing(what)
  }

  /** What it printed on stdout; throws with all of it where it does not exit with 0. `env` is all of its environment. */
  async exec(command, args, options) {
    const { ending, printed, output } = await this.run(command, args, options)
    if (ending !== 0) throw new Error(`${[command, ...args].join(' ')}: ${ending}\n${output}`)
    return printed.trim()
  }

  async run(command, args, { cwd = TREE, env = process.env } = {}) {
    if (this.#interrupted) throw new Error(`ended by ${this.#interrupted}`)
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#current = child
    const late = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), PATIENCE_MS)
    let [printed, output] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text) => {
      printed += text
      output += text
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output += text
    })
    try {
      const ending = await new Promise((resolve, reject) => {
        child.once('error', reject)
        child.once('close', (code, signal) => resolve(code ?? signal))
      })
      return { ending, printed, output }
    } finally {
      clearTimeout(late)
      this.#current = undefined
    }
  }

  cleanUp() {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
