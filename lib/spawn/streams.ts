/** The parent's ends of the pipes as streams, as child_process makes them. */

import type { StdioStream } from './stdio-stream.js'

export type { StdioStream } from './stdio-stream.js'

let part: typeof import('./stdio-stream.js') | undefined

export function openStreams(
  ends: ReadonlyArray<number | undefined>,
  count: number,
): Array<StdioStream | null> {
  if (ends.every((fd) => fd === undefined)) return new Array(count).fill(null)
  part ??= require('./stdio-stream.js') as typeof import('./stdio-stream.js')
  const { StdioStream } = part
  return Array.from({ length: count }, (_, index) => {
    const fd = ends[index]
    // Only stdin is not to be read from: the others are two-way sockets, as child_process's are.
    return fd === undefined ? null : new StdioStream({ fd, readable: index > 0, writable: true })
  })
}
