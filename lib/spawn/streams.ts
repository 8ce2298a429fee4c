/** The parent's ends of the pipes as streams, as child_process makes them. */

import { Socket } from 'node:net'

/**
 * Gives nothing out before `release`. child_process promises 'spawn' before any data, but under init the command may
 * write before its init can say that it runs.
 */
export class StdioStream extends Socket {
  // A field would be set after Socket's constructor, which may read already.
  declare private held: unknown[] | null | undefined

  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    if (this.held === null) return super.push(chunk, encoding)
    this.held ??= []
    this.held.push(chunk)
    return false
  }

  release(): void {
    const held = this.held ?? []
    this.held = null
    for (const chunk of held) super.push(chunk)
  }
}

export function openStreams(
  ends: ReadonlyArray<number | undefined>,
  count: number,
): Array<StdioStream | null> {
  return Array.from({ length: count }, (_, index) => {
    const fd = ends[index]
    // Only stdin is not to be read from: the others are two-way sockets, as child_process's are.
    return fd === undefined ? null : new StdioStream({ fd, readable: index > 0, writable: true })
  })
}
