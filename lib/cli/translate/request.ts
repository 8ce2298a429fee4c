/** The command line of `nskit translate`, checked. */

import type { IdKind, IdMap } from '../../ids/index.js'
import { idOf, isNumber, mapOf, oneOf, parse, pidOf } from '../arguments.js'
import { UsageError } from '../command.js'
import { jsonOption, type OptionTable } from '../option.js'

export const TRANSLATE_OPTIONS = {
  pid: {
    type: 'string',
    short: 'p',
    value: 'PID',
    complete: 'pid',
    help: "the maps of this process's user namespace",
  },
  map: {
    type: 'string',
    multiple: true,
    value: 'INSIDE:HOST:SIZE',
    help: 'this map, of uids and gids alike; several entries with commas or in several options',
  },
  kind: {
    type: 'string',
    value: 'uid|gid',
    complete: ['uid', 'gid'],
    help: 'default: uid for an ID, both for a PATH',
  },
  from: {
    type: 'string',
    value: 'host|inside',
    complete: ['host', 'inside'],
    help: "the side of the id that is given, or of the file's owner. Default: host",
  },
  json: jsonOption('an object; an id that is not mapped is null'),
} as const satisfies OptionTable

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
  const { values, positionals } = parse(args, TRANSLATE_OPTIONS)
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
