/** A link that leads into a bind of the list becomes a bind of the same files. */

import { realpathSync } from 'node:fs'
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
    refusals.add(
      name,
      `a 'symlink' has no OCI form, and ${link.target} leads into no bind of the list alone, or out of its files`,
    )
    return undefined
  }
  return { ...bind, destination: link.destination, mayCreate: true }
}

/** What a link of the list leads to; undefined for a loop. */
export function follow(link: Link, mounts: readonly MountSettings[]): string | undefined {
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
  const covering = coveringMount(target, mounts)
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
  return covering?.type === 'bind' ? partOf(covering, target) : undefined
}

/** A later one hides what is below its own place. */
export function coveringMount(path: string, mounts: readonly MountSettings[]): MountSettings | undefined {
  return mounts.findLast(({ destination }) => isAtOrBelow(path, destination))
}

/**
 * What a bind shows at `path`. undefined where a link in its files leads out of them: inside it ends in the new root, but
 * the source of a bind is followed on the host, and such files may be anybody's.
 */
export function partOf(bind: BindSettings, path: string): BindSettings | undefined {
  const source = posix.join(bind.source, path.slice(bind.destination.length))
  return isAtOrBelow(placeOf(source), placeOf(bind.source)) ? { ...bind, source } : undefined
}

/** A path without links, as far as it exists. */
export function placeOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path === '/' ? path : posix.join(placeOf(posix.dirname(path)), posix.basename(path))
  }
}

export function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? folder : `${folder}/`)
}
