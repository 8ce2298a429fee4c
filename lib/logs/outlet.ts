/** The end of a destination that several streams write to. */

import type { Writable } from 'node:stream'

const outlets = new WeakMap<Writable, Outlet>()

/**
 * One for all that write to a destination: listeners of each one's own would be more, with a few children, than
 * EventEmitter takes for a leak.
 */
export class Outlet {
  readonly #destination: Writable
  readonly #onFailure = new Set<(error: Error) => void>()
  #failure: Error | undefined
  #isErrorDue = false

  /** `onFailure` is called once, at most, until `release`: also where the destination has failed before. */
  static open(destination: Writable, onFailure: (error: Error) => void): Outlet {
    const outlet = outlets.get(destination) ?? new Outlet(destination)
    outlets.set(destination, outlet)
    outlet.#add(onFailure)
    return outlet
  }

  private constructor(destination: Writable) {
    this.#destination = destination
  }

  /** Resolves when the destination has taken it; the next is to wait for that. Rejects when it fails. */
  write(chunk: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => {
        this.#onFailure.delete(fail)
        reject(error)
      }
      this.#onFailure.add(fail)
      if (this.#failure !== undefined) {
        fail(this.#failure)
        return
      }
      this.#destination.write(chunk, (error) => {
        if (error != null) this.#onRefused(error)
        else if (this.#onFailure.delete(fail)) resolve()
      })
    })
  }

  release(onFailure: (error: Error) => void): void {
    this.#onFailure.delete(onFailure)
    if (this.#onFailure.size > 0) return
    outlets.delete(this.#destination)
    this.#destination.off('close', this.#onClose)
    // The 'error' of a failed write comes after its callback, and nobody else may be there to hear it.
    if (!this.#isErrorDue) this.#destination.off('error', this.#onError)
  }

  #add(onFailure: (error: Error) => void): void {
    const isFirst = this.#onFailure.size === 0
    this.#onFailure.add(onFailure)
    if (!isFirst) return
    if (!this.#destination.writable) {
      this.#fail(this.#destination.errored ?? ended())
      return
    }
    this.#destination.once('error', this.#onError)
    this.#destination.once('close', this.#onClose)
  }

  #onRefused(error: Error): void {
    this.#isErrorDue ||= this.#failure === undefined && this.#destination.errored !== null
    this.#fail(error)
  }

  readonly #onError = (error: Error): void => {
    this.#isErrorDue = false
    this.#fail(error)
  }

  readonly #onClose = (): void => {
    this.#isErrorDue = false
    this.#fail(ended())
  }

  #fail(error: Error): void {
    this.#failure ??= error
    for (const onFailure of [...this.#onFailure]) {
      this.#onFailure.delete(onFailure)
      onFailure(this.#failure)
    }
  }
}

function ended(): Error {
  return Object.assign(new Error('the destination ended before all was written to it'), {
    code: 'ERR_STREAM_PREMATURE_CLOSE',
  })
}
