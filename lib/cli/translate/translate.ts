/** A request's ids, each with its other side. */

import { readlinkSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { systemError } from '../../errors/system-error.js'
import { type IdKind, IdMap } from '../../ids/index.js'
import type { Request } from './request.js'

export interface Translated {
  readonly kind: IdKind
  /** undefined where it is not mapped; the side that was asked about is always set. */
  readonly host: number | undefined
  readonly inside: number | undefined
}

export function translateAll(request: Request): Translated[] {
  const stats = request.path === undefined ? undefined : statSync(request.path)
  // What stat() shows of a file are ids of the caller's namespace. Where that is the one asked about they are
  // its inside ids: the other side of its map is its parent's, whose numbers nobody has shown here.
  const from = stats !== undefined && isOwn(request.pid) ? 'inside' : request.from
  return request.kinds.map((kind) => {
    const id = stats === undefined ? request.id! : stats[kind]
    const map = request.map ?? mapOfProcess(request.pid!, kind)
    return from === 'host'
      ? { kind, host: id, inside: map.toContainer(id) }
      : { kind, host: map.toHost(id), inside: id }
  })
}

/** Whether the process is in the caller's user namespace. */
function isOwn(pid: number | undefined): boolean {
  if (pid === undefined) return false
  try {
    return readlinkSync(`/proc/${pid}/ns/user`) === readlinkSync('/proc/thread-self/ns/user')
  } catch {
    // Not to be inspected, as a process of one's own namespace and id always is; or gone, which its map will tell.
    return false
  }
}

function mapOfProcess(pid: number, kind: IdKind): IdMap {
  try {
    return IdMap.read(pid, kind)
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') throw error
    throw systemError(-constants.errno.ESRCH, 'open', path)
  }
}
