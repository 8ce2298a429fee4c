// Checks that are no jest tests: one line each, and what they share.
import { spawn } from 'node:child_process'
import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const TREE = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

const PATIENCE_MS = 600_000

class Missing extends Error {}

export class Checks {
  passed = 0
  failed = 0
  leftOut = 0
  #atOnce
  #folder
  #running = new Set()
  #made = new Map()
  #interrupted

  /** `name` is in the name of the temporary folder; `atOnce` of them run side by side. */
  constructor(name, { atOnce = 1 } = {}) {
    this.#atOnce = atOnce
    this.#folder = mkdtempSync(join(tmpdir(), `nskit-${name}-`))
    // Some programs run as nobody.
    chmodSync(this.#folder, 0o755)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.once(signal, () => {
        this.#interrupted = signal
        for (const child of this.#running) kill(child)
      })
    }
  }

  /** Each check: { name, run(checks, folder) }, where run returns what the line shall add, or throws. */
  async all(checks) {
    const left = [...checks]
    const worker = async () => {
      for (let check = left.shift(); check !== undefined; check = left.shift()) await this.#one(check)
    }
    await Promise.all(Array.from({ length: this.#atOnce }, worker))
  }

  async #one({ name, run }) {
    const started = performance.now()
    try {
      const remark = await run(this, this.#subfolder(name.replaceAll(/\W+/g, '-')))
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

  #subfolder(name) {
    const folder = join(this.#folder, name)
    mkdirSync(folder, { mode: 0o755 })
    return folder
  }

  /** Made by the first check that asks, in a folder of its own, and kept for the others. */
  shared(name, make) {
    if (!this.#made.has(name)) this.#made.set(name, make(this.#subfolder(`shared-${name}`)))
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

  /** What it printed on stdout; throws with all of it where it does not exit with 0. */
  async exec(command, args, options) {
    const { ending, printed, output } = await this.run(command, args, options)
    if (ending !== 0) throw new Error(`${[command, ...args].join(' ')}: ${ending}\n${output}`)
    return printed.trim()
  }

  /** How it ended, be it well or not, and what it printed. `env` is all of its environment. */
  async run(command, args, { cwd = TREE, env = process.env } = {}) {
    if (this.#interrupted) throw new Error(`ended by ${this.#interrupted}`)
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#running.add(child)
    const late = setTimeout(() => kill(child), PATIENCE_MS)
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
      this.#running.delete(child)
    }
  }

  cleanUp() {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** The whole group: npm's children, for one, do not get its signals. */
function kill({ pid }) {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // It has ended, and is in the list until its output is read to the end; or it never began.
    if (error.code !== 'ESRCH' && pid !== undefined) throw error
  }
}
