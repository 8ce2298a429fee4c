/** A promise that is settled from outside, once. */
export class Settlement<T> {
  /** Whether anybody has it, who can so learn of a rejection. */
  asked = false
  readonly #promise: Promise<T>
  #resolve!: (value: T) => void
  #reject!: (reason: unknown) => void

  constructor() {
    this.#promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  get promise(): Promise<T> {
    this.asked = true
    return this.#promise
  }

  resolve(value: T): void {
    this.#resolve(value)
  }

  /** `isKnown`: the failure reaches the caller in another way as well, so this rejection is no one's duty to handle. */
  reject(reason: unknown, isKnown: boolean): void {
    if (isKnown || !this.asked) this.#promise.catch(() => {})
    this.#reject(reason)
  }

  /** Settled, either way. */
  async over(): Promise<void> {
    await this.#promise.catch(() => {})
  }
}
