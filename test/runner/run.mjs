// One run: its folder, the program that it waits for, what to undo at its end.
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const TREE = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

export class Run {
  /** The name of the signal that ended the run early. */
  interrupted = undefined
  /** Of the user made for the run, if one was. */
  uid = undefined
  /** That user. */
  user = undefined
  #undo = []
  #current = undefined

  constructor() {
    // What the run makes, other users read.
    process.umask(0o022)
    this.folder = mkdtempSync(join(tmpdir(), 'nskit-test-'))
    // Every mode passes through it, whichever ids it has.
    chmodSync(this.folder, 0o755)
    this.atEnd(() => rmSync(this.folder, { recursive: true, force: true }))
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => this.#interrupt(signal))
  }

  /** Undone in reverse, also after a failure or a signal. */
  atEnd(undo) {
    this.#undo.push(undo)
  }

  /** Starts a program in the tree. `prepare` is awaited while it runs; `kill` replaces an ordinary SIGTERM. */
  async exec(command, args, { env, stdio, prepare, kill } = {}) {
    if (this.interrupted) throw new Error(this.interrupted)
    const child = spawn(command, args, {
      cwd: TREE,
      env: { ...process.env, ...env, NSKIT_TEST_RUN: this.folder },
      stdio: stdio ?? ['ignore', 'inherit', 'inherit'],
    })
    const ended = new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => resolve(code ?? signal))
    })
    this.#current = () => (kill ? kill(child) : child.kill('SIGTERM'))
    try {
      const [status] = await Promise.all([ended, prepare?.(child)])
      if (this.interrupted) throw new Error(this.interrupted)
      return status
    } finally {
      this.#current = undefined
    }
  }

  /** Ends what of this run still lives. Returns what it was. */
  endStrays() {
    const strays = []
    for (const pid of readdirSync('/proc').filter(
      (name) => /^\d+$/.test(name) && Number(name) !== process.pid,
    )) {
      try {
        if (!this.#isOurs(pid)) continue
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
        strays.push(`process ${pid}: ${command}`)
        process.kill(Number(pid), 'SIGKILL')
      } catch {
        // It has ended meanwhile, or it is another user's.
      }
    }
    return strays
  }

  /** By the run's own user, or by the variable that its programs inherit unless they are given another environment. */
  #isOurs(pid) {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    // Ended already: init has yet to reap it.
    if (/^State:\s+[ZX]/m.test(status)) return false
    if (Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]) === this.uid) return true
    return readFileSync(`/proc/${pid}/environ`, 'latin1')
      .split('\0')
      .includes(`NSKIT_TEST_RUN=${this.folder}`)
  }

  /** The parts of a run, then its end: what is left is undone, and the results are printed. */
  async carryOut(results, parts) {
    try {
      await parts()
    } catch (error) {
      if (!this.interrupted) results.fail('run', error.stack)
    } finally {
      this.#cleanUp(results)
    }
    if (this.interrupted) results.fail('run', `ended by ${this.interrupted}`)
    results.print()
    process.exitCode = results.failed === 0 ? 0 : 1
  }

  #cleanUp(results) {
    const strays = this.endStrays()
    if (strays.length > 0 && !this.interrupted) results.fail('left behind', strays.join('\n'))
    for (const undo of this.#undo.reverse()) {
      try {
        undo()
      } catch (error) {
        results.fail('clean-up', String(error))
      }
    }
  }

  #interrupt(signal) {
    this.interrupted ??= signal
    this.#current?.()
  }
}
