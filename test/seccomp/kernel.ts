/** Programs tried on the kernel that the tests run on. */

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { syscallNumbers } from '../../lib/seccomp/syscalls.js'

export const machine = process.arch as 'x64' | 'arm64'

export interface Attempt {
  /** None: no filter is set. */
  program: Uint8Array | null
  /** Number and arguments; 'i386': getpid by int $0x80. */
  calls: ReadonlyArray<readonly bigint[] | 'i386'>
}

export interface Outcome {
  /** 0, or the errno of setting the filter. */
  installed: number
  /** 0 or an errno for each call that came back. */
  results: number[]
  /** What ended the process: SIGKILL is its own. */
  signal: number
}

export const OWN_END = 9
export const SIGSEGV = 11
export const SIGSYS = 31

export function call(name: string, ...args: Array<bigint | number>): bigint[] {
  return [BigInt(syscallNumbers(machine).get(name)!), ...args.map(BigInt)]
}

export function attempt(...attempts: Attempt[]): Outcome[] {
  const input = attempts.map(({ program, calls }) => ({
    program: program === null ? null : Buffer.from(program).toString('hex'),
    calls: calls.map((each) => (each === 'i386' ? each : each.map(String))),
  }))
  const { status, stdout, stderr, error } = spawnSync('python3', [join(__dirname, 'kernel.py')], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    timeout: 50_000,
  })
  if (status !== 0) throw error ?? new Error(`kernel.py: ${stderr}`)
  return JSON.parse(stdout) as Outcome[]
}
