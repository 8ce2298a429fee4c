/** A link that leads into a bind of the list becomes a bind of the same files. */

import { posix } from 'node:path'
import type { BindSettings, MountSettings } from '../plan/settings.js'
import type { Source } from './source.js'

type Link = Extract<MountSettings, { type: 'symlink' }>

/** MAXSYMLINKS, path_resolution(7). */
const MAX_LINKS = 40

export function linkedBind(
  name: string,
  link: Link,
  { settings, refusals }: Source,
): BindSettings | undefined {
  const { mounts, root } = settings.filesystem
  const target = follow(link, mounts)
  const bind = target === undefined ? undefined : bindWith(target, mounts, root.kind === 'host')
  if (bind === undefined) {
    refusals.add(name, `a 'symlink' has no OCI form, and ${link.target} leads into no bind of the list alone`)
    return undefined
  }
  return { ...bind, destination: link.destination, mayCreate: true }
}

function follow(link: Link, mounts: readonly MountSettings[]): string | undefined {
  let path = posix.resolve(posix.dirname(link.destination), link.target)
  for (let count = 0; count < MAX_LINKS; count++) {
    const next = mounts.find(
      (each): each is Link => each.type === 'symlink' && isAtOrBelow(path, each.destination),
    )
    if (next === undefined) return path
    const base = posix.resolve(posix.dirname(next.destination), next.target)
    path = posix.join(base, path.slice(next.destination.length))
  }
  return undefined
}

/** What is mounted below would show through the link, and not through a bind. */
function bindWith(
  target: string,
  mounts: readonly MountSettings[],
  isHost: boolean,
): BindSettings | undefined {
  if (mounts.some(({ destination }) => isAtOrBelow(destination, target) && destination !== target))
    return undefined
  const covering = mounts
    .filter(({ destination }) => isAtOrBelow(target, destination))
    .reduce<MountSettings | undefined>(
      (longest, each) =>
        longest === undefined || each.destination.length >= longest.destination.length ? each : longest,
      undefined,
    )
  if (covering === undefined && isHost && target !== '/') {
    return {
      type: 'bind',
      source: target,
      destination: target,
      recursive: true,
      attributes: 0,
      idMap: undefined,
      mayCreate: true,
    }
  }
  if (covering?.type !== 'bind') return undefined
  return { ...covering, source: posix.join(covering.source, target.slice(covering.destination.length)) }
}

function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}
