/** Opens what the child's descriptors are to be, and closes what is the child's once it has been started. */

import { systemError } from '../errors/system-error.js'
import { native } from '../native/binding.js'
import { NULL_SOURCE } from '../plan/format.js'
import type { ProcessSettings, StdioSpec } from '../plan/settings.js'

export interface OpenedStdio {
  /** For the plan: target in the child, source here. */
  readonly pairs: ReadonlyArray<readonly [target: number, source: number]>
  /** This process's end of each pipe, by index; undefined where there is none. */
  readonly parentEnds: ReadonlyArray<number | undefined>
  /** Hands over the child's ends, or this process's: whoever takes them closes them. */
  takeChildEnds(): number[]
  takeParentEnds(): Array<number | undefined>
  /** Closes the child's ends: it has its own copies after the start. */
  closeChildEnds(): void
  /** Closes this process's ends too: nothing was started. */
  closeAll(): void
}

export function openStdio({ stdio, fds }: Pick<ProcessSettings, 'stdio' | 'fds'>): OpenedStdio {
  const opened = new Opened()
  try {
    const pairs = stdio.map((spec, target) => [target, opened.open(spec, target)] as const)
    pairs.push(...fds)
    return Object.assign(opened, { pairs })
  } catch (error) {
    opened.closeAll()
    throw error
  }
}

// Not fs.closeSync: what the addon opened, a Worker's fs does not know, and warns of.
class Opened {
  readonly parentEnds: Array<number | undefined> = []
  readonly #childEnds: number[] = []

  open(spec: StdioSpec, index: number): number {
    if (spec === 'pipe') return this.#pipe(index)
    if (spec === 'ignore') return NULL_SOURCE
    return spec.fd
  }

  #pipe(index: number): number {
    const pair = native().stdioPair()
    if (typeof pair === 'number') throw systemError(pair, 'socketpair')
    this.parentEnds[index] = pair[0]
    return this.#own(pair[1])
  }

  #own(fd: number): number {
    this.#childEnds.push(fd)
    return fd
  }

  takeChildEnds(): number[] {
    return this.#childEnds.splice(0)
  }

  takeParentEnds(): Array<number | undefined> {
    return this.parentEnds.splice(0)
  }

  closeChildEnds(): void {
    for (const fd of this.#childEnds.splice(0)) native().closeFd(fd)
  }

  closeAll(): void {
    this.closeChildEnds()
    for (const fd of this.parentEnds.splice(0)) if (fd !== undefined) native().closeFd(fd)
  }
}
