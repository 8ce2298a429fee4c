import { systemError } from '../errors/system-error.js'
import { native } from '../native/binding.js'
import { NAMESPACE_TYPES } from '../tables/namespaces.js'
import { checkFilter, matcher } from './list/filter.js'
import type { NamespaceFilter, NamespaceInfo } from './list/info.js'
import { decodeRows } from './list/rows.js'

export type { NamespaceFilter, NamespaceInfo } from './list/info.js'

/**
 * Every namespace that the caller can see, by type and inode: those of processes, and those that only an open
 * descriptor, a process for its children to come (`time_for_children`), a bind mount (of any mount namespace with a
 * process in it), a child namespace or a namespace that they own keeps. As lsns(8), which knows the first kind alone
 * and ancestors.
 *
 * It is no snapshot: processes come and go while it is read. Not found: namespaces that only a thread other than
 * a process's first, a socket or a descriptor in flight keeps.
 *
 * @throws Error with code ESRCH where `filter.pid` is no process, EACCES or EPERM where the caller may not
 * inspect it;
 * EMFILE or ENFILE where descriptors ran out.
 * @see namespaces(7), ioctl_ns(2)
 */
export function listNamespaces(filter: NamespaceFilter = {}): NamespaceInfo[] {
  const checked = checkFilter(filter)
  const addon = native()
  const isWanted = matcher(checked)
  // Always of all types: a user namespace may be known by what it owns alone.
  const rows = addon.listNamespaces(NAMESPACE_TYPES)
  if (typeof rows === 'number') throw systemError(rows, 'read', '/proc')
  return decodeRows(rows, NAMESPACE_TYPES).filter(isWanted).sort(byTypeThenInode)
}

function byTypeThenInode(a: NamespaceInfo, b: NamespaceInfo): number {
  const types = NAMESPACE_TYPES.indexOf(a.type) - NAMESPACE_TYPES.indexOf(b.type)
  return types || (a.ino < b.ino ? -1 : 1)
}
