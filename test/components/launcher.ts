import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { listNamespaces } from '../../lib/index'
import { NAMESPACE_TYPES } from '../../lib/tables/namespaces'
import { until } from '../support/wait'

export const LAUNCH = join(__dirname, '../../examples/components/launch.mjs')

export interface Entry {
  namespace: string
  event?: string
  pid?: number
  [field: string]: unknown
}

/** A running launcher, and what it has logged. */
export class Launcher implements AsyncDisposable {
  readonly child: ChildProcess
  readonly log: Entry[] = []
  readonly ended: Promise<unknown>

  constructor(...args: string[]) {
    this.child = spawn(process.execPath, [LAUNCH, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.log.push(JSON.parse(line)))
    this.ended = once(this.child, 'close').then(([code, signal]) => signal ?? code)
  }

  /** Waits until it is in the log, after the entry `after`. */
  async logs(fields: Partial<Entry>, after?: Entry): Promise<Entry> {
    const isIt = (entry: Entry) => Object.entries(fields).every(([name, value]) => entry[name] === value)
    const find = () => this.log.slice(after === undefined ? 0 : this.log.indexOf(after) + 1).find(isIt)
    return until(find, JSON.stringify(fields)).catch((error: Error) => {
      const log = this.log.map((entry) => JSON.stringify(entry)).join('\n')
      throw new Error(`${error.message}; the log:\n${log}`)
    })
  }

  /** The pids of all components that it has ever started. */
  pids(): number[] {
    return this.log.flatMap(({ event, pid }) => (event === 'started' && pid !== undefined ? [pid] : []))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

export async function untilGone(pids: readonly number[]): Promise<void> {
  await until(() => !pids.some(isAlive), `the end of ${pids}`)
}

/** The namespaces of a process that are not the caller's, as 'net:[4026532000]'. */
export function ownNamespaces(pid: number): string[] {
  return NAMESPACE_TYPES.map((type) => readlinkSync(`/proc/${pid}/ns/${type}`)).filter(
    (name) => name !== readlinkSync(`/proc/self/ns/${name.split(':', 1)[0]}`),
  )
}

export async function untilNamespacesGone(names: readonly string[]): Promise<void> {
  const there = () => listNamespaces().map(({ type, ino }) => `${type}:[${ino}]`)
  await until(() => !there().some((name) => names.includes(name)), `the end of ${names}`)
}
