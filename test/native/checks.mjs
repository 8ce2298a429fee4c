// A run's checks: two at a time, each in a folder of its own, with the programs that it starts.
import { spawn } from 'node:child_process'
import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const TREE = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
export const PROGRAMS = join(TREE, 'test/native/programs')

const AT_ONCE = 2
const PATIENCE_MS = 300_000

class MissingTool extends Error {}

export class Checks {
  passed = 0
  failed = 0
  #folder = mkdtempSync(join(tmpdir(), 'nskit-native-'))
  #running = new Set()
  #made = new Map()
  #interrupted = false

  constructor() {
    // The stage's driver runs as nobody.
    chmodSync(this.#folder, 0o755)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.once(signal, () => {
        this.#interrupted = true
        for (const child of this.#running) child.kill('SIGKILL')
      })
    }
  }

  /** Each check: { name, run(check) }, where run returns what the line shall add, or throws. */
  async all(checks) {
    const left = [...checks]
    const worker = async () => {
      for (let check = left.shift(); check !== undefined; check = left.shift()) await this.#one(check)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
  }

  async #one({ name, run }) {
    const folder = join(this.#folder, name.replaceAll(/\W+/g, '-'))
    mkdirSync(folder, { mode: 0o755 })
    const started = performance.now()
    try {
      const remark = await run(this, folder)
      this.passed += 1
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      console.log(`ok       ${name}${remark ? `: ${remark}` : ''} (${seconds} s)`)
    } catch (error) {
      if (error instanceof MissingTool && !process.env.CI) {
        console.log(`NOT RUN  ${name}: ${error.message}`)
        return
      }
      this.failed += 1
      console.log(`FAILED   ${name}: ${error.message}`)
    }
  }

  /** Made by the first check that asks, shared by all. `make` gets a folder. */
  shared(name, make) {
    if (!this.#made.has(name)) {
      const folder = join(this.#folder, `shared-${name}`)
      mkdirSync(folder, { mode: 0o755 })
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
    throw new MissingTool(`${name} is not installed`)
  }

  /** What it printed on stdout; throws with all of it where it does not exit with 0. */
  async exec(command, args, options) {
    const { ending, printed, output } = await this.run(command, args, options)
    if (ending !== 0) throw new Error(`${[command, ...args].join(' ')}: ${ending}\n${output}`)
    return printed.trim()
  }

  /** How it ended, be it well or not, and what it printed. */
  async run(command, args, { env } = {}) {
    if (this.#interrupted) throw new Error('interrupted')
    const child = spawn(command, args, {
      cwd: TREE,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PATIENCE_MS,
      killSignal: 'SIGKILL',
    })
    this.#running.add(child)
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
      this.#running.delete(child)
    }
  }

  cleanUp() {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
