/** What cannot be kept is collected, so that one error names all of it. */

export interface OciRefusal {
  /** An option ('mounts[2]') or a place in the configuration ('linux.resources.memory'). */
  readonly path: string
  /** Why there is no form for it. */
  readonly reason: string
}

/** What `toOciSpec` and `fromOciSpec` throw where the other side has no form for something. */
export interface OciRefusalError extends TypeError {
  /** What to compare with. */
  readonly code: 'ERR_NSKIT_OCI_REFUSED'
  /** All that cannot be kept, not the first alone. */
  readonly refused: readonly OciRefusal[]
}

export class Refusals {
  readonly #headline: string
  readonly #list: OciRefusal[] = []

  constructor(headline: string) {
    this.#headline = headline
  }

  add(path: string, reason: string): void {
    this.#list.push({ path, reason })
  }

  throwIfAny(): void {
    if (this.#list.length === 0) return
    const lines = this.#list.map(({ path, reason }) => `\n  ${path}: ${reason}`)
    throw Object.assign(new TypeError(`${this.#headline}${lines.join('')}`), {
      code: 'ERR_NSKIT_OCI_REFUSED' as const,
      refused: this.#list,
    })
  }
}
