/** A request's ids, each with its other side. */

import { statSync } from 'node:fs'
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
  return request.kinds.map((kind) => {
    const id = stats === undefined ? request.id! : stats[kind]
    const map = request.map ?? mapOfProcess(request.pid!, kind)
    return request.from === 'host'
      ? { kind, host: id, inside: map.toContainer(id) }
      : { kind, host: map.toHost(id), inside: id }
  })
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
