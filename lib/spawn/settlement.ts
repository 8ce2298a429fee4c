/** A promise that is settled from outside, once; made where it is asked for, as most are not. */
export class Settlement<T> {
  /** Whether anybody has it, who can so learn of a rejection. */
  asked = false
  #promise: Promise<T> | undefined
  #resolve: ((value: T) => void) | undefined
  #reject: ((reason: unknown) => void) | undefined

  get promise(): Promise<T> {
    this.asked = true
    return this.#made()
  }

  resolve(value: T): void {
    this.#resolve?.(value)
    this.#promise ??= Promise.resolve(value)
  }

  /** `isKnown`: the failure reaches the caller in another way as well, so this rejection is no one's duty to handle. */
  reject(reason: unknown, isKnown: boolean): void {
    this.#reject?.(reason)
    this.#promise ??= Promise.reject(reason)
    if (isKnown || !this.asked) this.#promise.catch(() => {})
  }

  /** Settled, either way. */
  async over(): Promise<void> {
    await this.#made().catch(() => {})
  }

  #made(): Promise<T> {
    this.#promise ??= new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    return this.#promise
  }
}
