/** What listNamespaces is asked for. */

import { readlinkSync } from 'node:fs'
import { constants } from 'node:os'
import { systemError } from '../../errors/system-error.js'
import { checkInteger, checkObject, invalidValue } from '../../plan/check.js'
import { checkTypes } from '../../plan/validate-namespaces.js'
import { NAMESPACE_TYPES, type NamespaceType } from '../../tables/namespaces.js'
import type { NamespaceInfo } from './info.js'

const MAX_PID = 2 ** 22
const KNOWN: ReadonlySet<string> = new Set(['types', 'pid'])

interface CheckedFilter {
  readonly types: ReadonlySet<NamespaceType>
  readonly pid: number | undefined
}

export function checkFilter(value: unknown): CheckedFilter {
  const filter = checkObject('filter', value)
  const unknown = Object.keys(filter).find((name) => !KNOWN.has(name))
  if (unknown !== undefined) throw invalidValue('filter', "an object with 'types' and 'pid'", filter)
  return {
    types: new Set(filter.types === undefined ? NAMESPACE_TYPES : checkTypes('filter.types', filter.types)),
    pid: filter.pid === undefined ? undefined : checkInteger('filter.pid', filter.pid, 1, MAX_PID),
  }
}

/**
 * Whether a namespace is wanted. A process's namespaces are read here, before any listing.
 * @throws Error with code ESRCH where there is no such process, EACCES where the caller may not inspect it.
 */
export function matcher({ types, pid }: CheckedFilter): (row: NamespaceInfo) => boolean {
  if (pid === undefined) return ({ type }) => types.has(type)
  const own = namespacesOf(pid)
  return ({ type, ino }) => types.has(type) && own.has(ino)
}

function namespacesOf(pid: number): ReadonlySet<bigint> {
  const inodes = new Set<bigint>()
  for (const type of NAMESPACE_TYPES) {
    const ino = inodeOf(pid, type)
    if (ino !== undefined) inodes.add(ino)
  }
  // A process that has ended has none; a zombie still has its user namespace.
  if (inodes.size === 0) throw systemError(-constants.errno.ESRCH, 'readlink', `/proc/${pid}/ns`)
  return inodes
}

/** undefined where this kernel has not that type, or the process has left it. */
function inodeOf(pid: number, type: NamespaceType): bigint | undefined {
  try {
    const [, ino] = /^\w+:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/ns/${type}`)) ?? []
    return ino === undefined ? undefined : BigInt(ino)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return undefined
    throw error
  }
}
