/** What ends a command early: its AbortSignal and its timeout. */

import type { ProcessSettings } from '../plan/settings.js'

export interface Limited {
  kill(signal: number): boolean
  emit(event: 'error', error: Error): boolean
}

/** Returns what lifts the limits again: no timer and no listener outlives the command. */
export function limitLife(child: Limited, { signal, timeout, killSignal }: ProcessSettings): () => void {
  if (timeout === 0 && signal === undefined) return () => {}
  const timer = timeout > 0 ? setTimeout(() => child.kill(killSignal), timeout) : undefined
  const abort = (): void => {
    if (child.kill(killSignal)) child.emit('error', abortError(signal?.reason))
  }
  if (signal?.aborted) process.nextTick(abort)
  else signal?.addEventListener('abort', abort, { once: true })
  return () => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

/** As Node's internal AbortError, which cannot be imported. */
export function abortError(cause: unknown): Error {
  const error: NodeJS.ErrnoException = new Error('The operation was aborted', { cause })
  error.name = 'AbortError'
  error.code = 'ABORT_ERR'
  return error
}
