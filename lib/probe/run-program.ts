/** Runs another program for its verdict: bounded in time and in output, with nothing of it left. */

import type { NamespacedProcess } from '../spawn/namespaced-process.js'
import { spawn } from '../spawn/spawn.js'
import { endSession } from './end-session.js'

/** The beginning is what counts: what is said first is what failed. */
const MAX_STDERR = 64 << 10
/** Milliseconds in which what was killed ends, and what was said arrives. */
const GRACE = 500

export interface ProgramRun {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stderr: string
  readonly timedOut: boolean
  /** It could not be executed. */
  readonly error: NodeJS.ErrnoException | undefined
}

export function runProgram(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  timeout: number,
): Promise<ProgramRun> {
  const [file, ...args] = command as [string, ...string[]]
  return new Promise((resolve) => {
    // A session of its own: by that every process of it is found, also one whose parent has died.
    const child = spawn(file, args, {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
      dieWithParent: true,
    })
    let stderr = ''
    let timedOut = false
    let session: number | undefined
    let grace: NodeJS.Timeout | undefined
    const answer = (end: Pick<ProgramRun, 'exitCode' | 'signal' | 'error'>): void => {
      clearTimeout(timer)
      clearTimeout(grace)
      resolve({ ...end, stderr: stderr.slice(0, MAX_STDERR), timedOut })
    }
    /** For what cannot be killed, as a setuid program that has become root, or has left the session. */
    const giveUpSoon = (): void => {
      grace ??= setTimeout(() => {
        // Once more round the loop: what has been said may only now be read.
        setImmediate(() => {
          abandon(child)
          answer({ exitCode: child.exitCode, signal: child.signalCode, error: undefined })
        })
      }, GRACE)
    }
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (stderr.length < MAX_STDERR) stderr += text
    })
    const timer = setTimeout(() => {
      timedOut = true
      if (session === undefined) child.kill('SIGKILL')
      else endSession(session, false)
      giveUpSoon()
    }, timeout)
    child.once('spawn', () => {
      session = child.pid
    })
    child.once('error', (error) => answer({ exitCode: null, signal: null, error }))
    // What it left running would keep stderr open, and 'close' from coming.
    child.once('exit', () => {
      clearTimeout(timer)
      if (session !== undefined) endSession(session, true)
      giveUpSoon()
    })
    child.once('close', (exitCode, signal) => answer({ exitCode, signal, error: undefined }))
  })
}

/** It may go on; this process does not wait for it. */
function abandon(child: NamespacedProcess): void {
  child.stderr?.destroy()
  child.unref()
}
