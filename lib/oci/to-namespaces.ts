/** linux.namespaces and linux.timeOffsets. */

import type { NamespaceSettings } from '../plan/settings.js'
import { NAMESPACE_TYPES, type NamespaceType } from '../tables/namespaces.js'
import type { Source } from './source.js'
import type { OciLinux, OciNamespace, OciNamespaceType, OciTimeOffset } from './types.js'

/** Where OCI has another name than the kernel. */
export const OCI_NAMES: Readonly<Record<NamespaceType, OciNamespaceType>> = {
  user: 'user',
  mnt: 'mount',
  uts: 'uts',
  ipc: 'ipc',
  cgroup: 'cgroup',
  net: 'network',
  pid: 'pid',
  time: 'time',
}

/**
 * A mount namespace is always there: a container has a root of its own, and without one a runtime would make the mounts
 * of that root on the host.
 */
export function namespacesOf(source: Source): OciNamespace[] {
  const { unshare } = source.settings.namespaces
  const created = NAMESPACE_TYPES.filter((type) => type === 'mnt' || unshare.has(type))
  return [...created.map((type) => ({ type: OCI_NAMES[type] })), ...joined(source)]
}

function joined({ settings, refusals }: Source): OciNamespace[] {
  const { join, unshare } = settings.namespaces
  const found = join.flatMap((target) =>
    'fd' in target
      ? [{ type: target.type, path: `/proc/${process.pid}/fd/${target.fd}` }]
      : target.types.map((type) => ({ type, path: `/proc/${target.pid}/ns/${type}` })),
  )
  return found.flatMap(({ type, path }) => {
    if (type === 'mnt') {
      refusals.add(
        'join',
        'a mount namespace has no OCI form: a runtime would change its root for all who are in it',
      )
      return []
    }
    if (unshare.has(type)) {
      refusals.add('join', `a new '${type}' namespace within a joined one has no OCI form`)
      return []
    }
    return [{ type: OCI_NAMES[type], path }]
  })
}

export function timeOffsetsOf(
  offsets: NonNullable<NamespaceSettings['timeOffsets']>,
): NonNullable<OciLinux['timeOffsets']> {
  return { monotonic: offset(offsets.monotonic), boottime: offset(offsets.boottime) }
}

/** The kernel takes nanoseconds from 0 to a second, also where the whole is negative. */
function offset(ms: number): OciTimeOffset {
  const nanoseconds = BigInt(Math.round(ms * 1e6))
  const second = 1_000_000_000n
  const part = ((nanoseconds % second) + second) % second
  return { secs: Number((nanoseconds - part) / second), nanosecs: Number(part) }
}
