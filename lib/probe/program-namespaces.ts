/** Which namespaces another program's command line asks for. */

import { basename } from 'node:path'
import { NAMESPACE_TYPES, type NamespaceType } from '../tables/namespaces.js'

/** What bwrap's --unshare-all takes: not time, which it does not know. */
const BWRAP_ALL: readonly NamespaceType[] = ['user', 'ipc', 'pid', 'net', 'uts', 'cgroup']

/** unshare(1)'s; -r and -c map ids, which takes a user namespace. */
const SHORT: Readonly<Record<string, NamespaceType>> = {
  m: 'mnt',
  u: 'uts',
  i: 'ipc',
  n: 'net',
  p: 'pid',
  U: 'user',
  C: 'cgroup',
  T: 'time',
  r: 'user',
  c: 'user',
}

/**
 * bubblewrap and unshare name theirs; of any other program the user namespace is known to be at stake. For all but
 * root bubblewrap takes one in any case.
 */
export function namespacesOf(
  command: readonly string[],
  isRoot = process.geteuid?.() === 0,
): NamespaceType[] {
  const name = basename(command[0] ?? '')
  const isBwrap = /bwrap|bubblewrap/.test(name)
  const own = optionsOf(command)
  const asked = new Set<NamespaceType>(isBwrap ? (isRoot ? ['mnt'] : ['user', 'mnt']) : [])
  if (name === 'unshare') for (const type of shortOptions(command)) asked.add(type)
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

/** Up to the first word that is no option: unshare's options have their arguments behind '=' mostly. */
function shortOptions(command: readonly string[]): NamespaceType[] {
  const end = command.findIndex((word, index) => index > 0 && !word.startsWith('-'))
  const words = command.slice(1, end === -1 ? undefined : end).filter((word) => /^-[a-zA-Z]+$/.test(word))
  return words.flatMap((word) => [...word].flatMap((letter) => SHORT[letter] ?? []))
}

/** Up to what the sandbox runs, which may have options of the same names. */
function optionsOf(command: readonly string[]): string[] {
  const end = command.indexOf('--')
  return command.slice(1, end === -1 ? undefined : end).filter((word) => word.startsWith('--'))
}
