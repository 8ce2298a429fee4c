/** mounts, in the order in which a runtime makes them. */

import { makesMountsAsUser } from '../plan/compile.js'
import type { MountSettings } from '../plan/settings.js'
import { MOUNT_FLAGS, MOUNT_PROC } from '../plan/use.js'
import { bindOf, plainBind } from './bind.js'
import { devMounts } from './dev.js'
import { behindHostLinks, hostEntries } from './host-entries.js'
import { linkedBind } from './links.js'
import type { Source } from './source.js'
import { isGuarded } from './to-root.js'
import type { OciMount } from './types.js'

export function mountsOf(source: Source): OciMount[] {
  const { filesystem } = source.settings
  return [
    ...(filesystem.root.kind === 'host' ? hostEntries(source) : []),
    ...procOf(source),
    ...(filesystem.root.kind !== 'host' && !hasDev(filesystem.mounts) ? devMounts(filesystem.mounts) : []),
    ...filesystem.mounts.flatMap((mount, index) => {
      const name = `mounts[${index}]`
      return [...mountOf(name, mount, source), ...behindHostLinks(name, mount, source)]
    }),
  ]
}

/** Without one a runtime would make the default devices in the root, on disk; and crun fails where that has no /dev. */
function hasDev(mounts: readonly MountSettings[]): boolean {
  return mounts.some(({ destination }) => destination === '/dev')
}

function procOf({ settings }: Source): OciMount[] {
  const { proc } = settings.filesystem
  if (proc === 'none') return []
  if (proc === 'host') return [plainBind('/proc', '/proc', [])]
  return [{ destination: '/proc', type: 'proc', source: 'proc', options: flagNames(MOUNT_PROC.flags) }]
}

function mountOf(name: string, mount: MountSettings, source: Source): OciMount[] {
  const { destination } = mount
  switch (mount.type) {
    case 'bind':
      return [bindOf(mount, source)]
    case 'symlink': {
      const bind = linkedBind(name, mount, source)
      return bind === undefined ? [] : [bindOf(bind, source)]
    }
    case 'file':
      source.refusals.add(name, "a 'file' has no OCI form: write it, and bind it")
      return []
    case 'dev':
      if (destination === '/dev') return devMounts(source.settings.filesystem.mounts)
      source.refusals.add(name, "a runtime makes the devices of a 'dev' in /dev alone")
      return []
    case 'overlay': {
      const { type, options } = mount
      const asUser = makesMountsAsUser(source.settings.namespaces, source.caller)
      const list = [...splitOptions(options), ...(asUser ? ['userxattr'] : [])]
      return [{ destination, type, source: type, options: list }]
    }
    default: {
      const { type, options } = mount
      const isClosed = type === 'sysfs' && isGuarded(source)
      const flags = mount.flags | (isClosed ? MOUNT_FLAGS.readonly : 0)
      return [{ destination, type, source: type, options: [...flagNames(flags), ...splitOptions(options)] }]
    }
  }
}

function flagNames(flags: number): string[] {
  return Object.entries(MOUNT_FLAGS)
    .filter(([, bit]) => bit !== 0 && (flags & bit) !== 0)
    .map(([name]) => (name === 'readonly' ? 'ro' : name))
}

/** A comma that belongs to a path has a backslash in front (overlayfs.rst). */
function splitOptions(options: string): string[] {
  return options === '' ? [] : options.split(/(?<!(?<!\\)(?:\\\\)*\\),/)
}
