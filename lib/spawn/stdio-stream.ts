/** A part of its own: loading node:net takes longer than anything else of an import. */

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
