/** Runs another program for its verdict: bounded in time and in output, with nothing of it left. */

import { spawn } from '../spawn/spawn.js'
import { endSession } from './end-session.js'

/** The beginning is what counts: what is said first is what failed. */
const MAX_STDERR = 64 << 10

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
    child.stderr?.setEncoding('latin1').on('data', (text: string) => {
      if (stderr.length < MAX_STDERR) stderr += text
    })
    const timer = setTimeout(() => {
      timedOut = true
      if (session === undefined) child.kill('SIGKILL')
      else endSession(session)
    }, timeout)
    child.once('spawn', () => {
      session = child.pid
    })
    child.once('error', (error) => {
      clearTimeout(timer)
      resolve({ exitCode: null, signal: null, stderr, timedOut, error })
    })
    // What it left running would keep stderr open, and 'close' from coming.
    child.once('exit', () => {
      if (session !== undefined) endSession(session)
    })
    child.once('close', (exitCode, signal) => {
      clearTimeout(timer)
      resolve({ exitCode, signal, stderr: stderr.slice(0, MAX_STDERR), timedOut, error: undefined })
    })
  })
}
