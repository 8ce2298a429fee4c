/** --join: the namespaces that a word of the command line means. */

import { existsSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { systemError } from '../../errors/system-error.js'
import { Namespace } from '../../namespaces/namespace.js'
import type { JoinTarget } from '../../spawn/options.js'
import { NAMESPACE_TYPES, type NamespaceType } from '../../tables/namespaces.js'
import { pidOf, typesOf } from '../arguments.js'
import { UsageError } from '../command.js'
import { fromHost } from './host.js'

/** A handle that is opened for it is `keep`'s, until the command has started. */
export function joinTargets(flag: string, text: string, keep: (handle: Namespace) => void): JoinTarget[] {
  if (text.includes('/')) {
    const handle = fromHost(flag, () => Namespace.open(text))
    keep(handle)
    return [handle]
  }
  const [pid = '', types, ...rest] = text.split(':')
  if (rest.length > 0 || !/^[0-9]+$/.test(pid)) {
    throw new UsageError(`${flag}: '${text}' is neither PID, nor PID:TYPES, nor a path with a '/' in it`)
  }
  const target = pidOf(flag, pid)
  if (types !== undefined) return [{ pid: target, types: typesOf(flag, [types]) }]
  const others = fromHost(flag, () => foreignTypes(target))
  return others.length === 0 ? [] : [{ pid: target, types: others }]
}

/** The own user namespace cannot be joined (EINVAL, setns(2)); to join any other of the own ones changes nothing. */
function foreignTypes(pid: number): NamespaceType[] {
  return NAMESPACE_TYPES.filter((type) => {
    const theirs = inode(`/proc/${pid}/ns/${type}`)
    if (theirs !== undefined) return theirs !== inode(`/proc/self/ns/${type}`)
    // Else this kernel has no such namespaces.
    if (!existsSync(`/proc/${pid}`)) throw systemError(-constants.errno.ESRCH, 'stat', `/proc/${pid}`)
    return false
  })
}

function inode(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino
}
