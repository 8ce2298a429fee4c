/** The stdio and fds options: what each of the child's descriptors is to be. */

import type { Stream } from 'node:stream'
import type { StdioOptions } from '../spawn/options.js'
import { checkArray, checkInteger, checkObject, invalidValue, typeError } from './check.js'
import type { StdioSpec } from './settings.js'

/** Descriptors are ints in the kernel; what is open is found out when they are used. */
const MAX_FD = 2 ** 20

export function stdioSpec(value: StdioOptions | null | undefined): StdioSpec[] {
  const entries = typeof value === 'string' ? [value, value, value] : [...checkArray('stdio', value ?? [])]
  while (entries.length < 3) entries.push(undefined)
  return entries.map((entry, index) => one(entry, index))
}

function one(entry: unknown, index: number): StdioSpec {
  if (entry === undefined || entry === null) return index < 3 ? 'pipe' : 'ignore'
  if (entry === 'pipe' || entry === 'overlapped') return 'pipe'
  if (entry === 'ignore') return 'ignore'
  if (entry === 'inherit') return { fd: index }
  const name = `stdio[${index}]`
  if (typeof entry === 'number') return { fd: checkInteger(name, entry, 0, MAX_FD) }
  if (typeof entry === 'object') return fromStream(name, entry as Stream)
  throw invalidValue(name, "'pipe', 'inherit', 'ignore', a descriptor or a stream with one", entry)
}

interface WithDescriptor {
  fd?: unknown
  _handle?: { fd?: unknown } | null
}

/** As child_process: files have `fd`, sockets and pipes a handle that knows its descriptor. */
function fromStream(name: string, stream: Stream): StdioSpec {
  const { fd, _handle } = stream as WithDescriptor
  const own = typeof fd === 'number' ? fd : _handle?.fd
  if (typeof own === 'number' && own >= 0) return { stream, fd: own }
  throw typeError(name, 'a stream with an underlying descriptor', stream)
}

/** `fds`: child fd → parent fd, beside stdio. */
export function checkFds(value: unknown, stdio: number): Array<readonly [number, number]> {
  if (value === undefined) return []
  return Object.entries(checkObject('fds', value)).map(([key, source]) => {
    const target = /^\d+$/.test(key) ? Number(key) : Number.NaN
    checkInteger(`fds: the descriptor in the child, '${key}',`, target, 0, MAX_FD)
    if (target < stdio)
      throw invalidValue(`fds: ${key}`, `a descriptor that stdio does not set (0 to ${stdio - 1})`, target)
    return [target, checkInteger(`fds[${key}]`, source, 0, MAX_FD)] as const
  })
}
