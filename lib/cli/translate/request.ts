/** The command line of `nskit translate`, checked. */

import type { IdKind, IdMap } from '../../ids/index.js'
import { idOf, isNumber, mapOf, oneOf, parse, pidOf } from '../arguments.js'
import { UsageError } from '../command.js'

const OPTIONS = {
  pid: { type: 'string', short: 'p' },
  map: { type: 'string', multiple: true },
  kind: { type: 'string' },
  from: { type: 'string' },
  json: { type: 'boolean' },
} as const

export interface Request {
  /** One of both is set. */
  readonly id: number | undefined
  readonly path: string | undefined
  /** One of both is set. */
  readonly pid: number | undefined
  readonly map: IdMap | undefined
  readonly kinds: readonly IdKind[]
  readonly from: 'host' | 'inside'
  readonly json: boolean
}

export function readRequest(args: readonly string[]): Request {
  const { values, positionals } = parse(args, OPTIONS)
  const [what, ...more] = positionals
  if (what === undefined) throw new UsageError('an id or a path is missing')
  if (more.length > 0) throw new UsageError(`unexpected argument '${more[0]}'`)
  if ((values.pid === undefined) === (values.map === undefined)) {
    throw new UsageError(
      values.pid === undefined ? '--pid or --map is missing' : '--pid and --map exclude each other',
    )
  }
  const id = isNumber(what) ? idOf(what) : undefined
  const kind = values.kind && oneOf('--kind', values.kind, ['uid', 'gid'])
  return {
    id,
    path: id === undefined ? what : undefined,
    pid: values.pid === undefined ? undefined : pidOf('--pid', values.pid),
    map: values.map && mapOf('--map', values.map),
    kinds: kind ? [kind] : id === undefined ? ['uid', 'gid'] : ['uid'],
    from: oneOf('--from', values.from ?? 'host', ['host', 'inside']),
    json: values.json ?? false,
  }
}
