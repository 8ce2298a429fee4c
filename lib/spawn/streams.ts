/** The parent's ends of the pipes as streams, as child_process makes them. */

import { Socket } from 'node:net'

export type StdioStream = Socket

export function openStreams(
  ends: ReadonlyArray<number | undefined>,
  count: number,
): Array<StdioStream | null> {
  return Array.from({ length: count }, (_, index) => {
    const fd = ends[index]
    // Only stdin is not to be read from: the others are two-way sockets, as child_process's are.
    return fd === undefined ? null : new Socket({ fd, readable: index > 0, writable: true })
  })
}
