import type { EventEmitter } from 'node:events'
import type { Readable } from 'node:stream'
import type { NamespacedProcess } from '../../lib/index'

export interface Outcome {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  error: (NodeJS.ErrnoException & { step?: string; target?: string; hint?: string }) | undefined
  /** The events in their order. */
  events: string[]
}

type Child = EventEmitter & { stdout: Readable | null; stderr: Readable | null }

const EVENTS = ['spawn', 'error', 'exit', 'close']

/** Waits for 'close' and tells all that happened. Takes a ChildProcess too. */
export function outcome(child: Child | NamespacedProcess): Promise<Outcome> {
  const events: string[] = []
  const texts = { stdout: '', stderr: '' }
  let error: Outcome['error']
  for (const event of EVENTS) child.on(event, () => events.push(event))
  child.on('error', (reason: Error) => {
    error ??= reason
  })
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      texts[name] += chunk
    })
  }
  return new Promise((resolve) => {
    child.on('close', (code: number | null, signal: NodeJS.Signals | null) => {
      resolve({ code, signal, ...texts, error, events })
    })
  })
}
