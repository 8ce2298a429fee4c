/** The namespace types: the one table that types, flags and names come from. */

export const NAMESPACES = {
  user: { flag: 0x10000000, since: '3.8' },
  mnt: { flag: 0x00020000, since: '2.4.19' },
  uts: { flag: 0x04000000, since: '2.6.19' },
  ipc: { flag: 0x08000000, since: '2.6.19' },
  cgroup: { flag: 0x02000000, since: '4.6' },
  net: { flag: 0x40000000, since: '2.6.29' },
  pid: { flag: 0x20000000, since: '3.8' },
  time: { flag: 0x00000080, since: '5.6' },
} as const

/**
 * The kernel's own names, as in /proc/PID/ns.
 * @useDeclaredType
 */
export type NamespaceType = keyof typeof NAMESPACES

/** In the order in which the stage creates and names them: the user namespace first, as it grants the rest. */
export const NAMESPACE_TYPES = Object.keys(NAMESPACES) as NamespaceType[]

export function isNamespaceType(value: unknown): value is NamespaceType {
  return typeof value === 'string' && Object.hasOwn(NAMESPACES, value)
}

export function flagsOf(types: Iterable<NamespaceType>): number {
  let flags = 0
  for (const type of types) flags |= NAMESPACES[type].flag
  return flags >>> 0
}

export function typesOf(flags: number): NamespaceType[] {
  return NAMESPACE_TYPES.filter((type) => (flags & NAMESPACES[type].flag) !== 0)
}
