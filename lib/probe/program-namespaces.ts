/** Which namespaces another program's command line asks for. */

import { basename } from 'node:path'
import { NAMESPACE_TYPES, type NamespaceType } from '../tables/namespaces.js'

/** What bwrap's --unshare-all takes: not time, which it does not know. */
const BWRAP_ALL: readonly NamespaceType[] = ['user', 'ipc', 'pid', 'net', 'uts', 'cgroup']

/** bubblewrap and unshare name theirs; of any other program the user namespace is known to be at stake. */
export function namespacesOf(command: readonly string[]): NamespaceType[] {
  const own = optionsOf(command)
  const asked = new Set<NamespaceType>(/bwrap|bubblewrap/.test(basename(command[0] ?? '')) ? ['mnt'] : [])
  for (const option of own) {
    if (option === '--unshare-all') for (const type of BWRAP_ALL) asked.add(type)
    const name = /^--(?:unshare-)?([a-z]+)(?:-try)?$/.exec(option)?.[1]
    const type = NAMESPACE_TYPES.find((each) => each === name || (each === 'mnt' && name === 'mount'))
    if (type !== undefined) asked.add(type)
    if (option === '--share-net') asked.delete('net')
  }
  if (own.some((option) => /^--map-/.test(option)) || asked.size === 0) asked.add('user')
  return NAMESPACE_TYPES.filter((type) => asked.has(type))
}

/** Up to what the sandbox runs, which may have options of the same names. */
function optionsOf(command: readonly string[]): string[] {
  const end = command.indexOf('--')
  return command.slice(1, end === -1 ? undefined : end).filter((word) => word.startsWith('--'))
}
