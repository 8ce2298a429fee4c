/** The events that records belong to, for as long as more of their records may come. */

import { NOBODY, type Verdict } from './verdict.js'

export interface AuditEvent {
  readonly key: string
  readonly time: number
  /** Of another node than the one whose registry this is: its ids are another host's. */
  readonly isForeign: boolean
  /** undefined until a record has told. */
  verdict: Verdict | undefined
}

/** As many as may be interleaved, by far: the kernel writes an event's records together, on each processor. */
const MOST = 1024

export class Events {
  readonly #events = new Map<string, AuditEvent>()
  readonly #node: string | undefined

  /** `node`: the one that is not foreign; undefined: all are not. */
  constructor(node: string | undefined) {
    this.#node = node
  }

  at(node: string, time: number, serial: number): AuditEvent {
    const key = `${time}:${serial}:${node}`
    let event = this.#events.get(key)
    if (event === undefined) {
      const isForeign = this.#node !== undefined && node !== '' && node !== this.#node
      event = { key, time, isForeign, verdict: isForeign ? NOBODY : undefined }
      this.#events.set(key, event)
      if (this.#events.size > MOST) this.#forgetOldest()
    }
    return event
  }

  /** No more records of it come. */
  end({ key }: AuditEvent): void {
    this.#events.delete(key)
  }

  #forgetOldest(): void {
    for (const [key, event] of this.#events) {
      event.verdict ??= NOBODY
      this.#events.delete(key)
      return
    }
  }
}
