/** The caller's / for a runtime: crun can neither take / as a root nor mount anything on it, so its entries are bound. */

import { readdirSync, statSync } from 'node:fs'
import { posix } from 'node:path'
import type { MountSettings } from '../plan/settings.js'
import { bindOf, plainBind } from './bind.js'
import { coveringMount, isAtOrBelow, partOf, placeOf } from './links.js'
import type { Source } from './source.js'
import type { OciMount } from './types.js'

/** Links show what they lead to; one that leads nowhere, and what is neither file nor directory, is passed over. */
export function hostEntries(source: Source): OciMount[] {
  const { rootReadonly, proc, mounts } = source.settings.filesystem
  const placed = mounts.map((mount) => ({ ...mount, destination: placeOf(mount.destination) }))
  return readdirSync('/')
    .sort()
    .map((name) => `/${name}`)
    .filter((path) => isShown(path) && !(path === '/proc' && proc !== 'none'))
    .flatMap((path) => {
      const link = source.hostLinks.find((each) => each.path === path)
      const mount = link && coveringMount(link.target, placed)
      if (link === undefined || mount === undefined) return plainBind(path, path, rootReadonly ? ['ro'] : [])
      const bind = mount.type === 'bind' ? partOf(mount, link.target) : undefined
      if (bind !== undefined) return bindOf({ ...bind, destination: path }, source)
      const name = `mounts[${placed.indexOf(mount)}]`
      source.refusals.add(name, `the host's link ${path} leads into it, and a runtime makes no links`)
      return []
    })
}

/** What is mounted where a link leads shows behind the link as well. */
export function behindHostLinks(name: string, mount: MountSettings, source: Source): OciMount[] {
  const place = placeOf(mount.destination)
  return source.hostLinks.flatMap((link) => {
    if (place === link.target || !isAtOrBelow(place, link.target)) return []
    const destination = posix.join(link.path, place.slice(link.target.length))
    if (mount.type === 'bind') return bindOf({ ...mount, destination }, source)
    source.refusals.add(name, `shows at ${destination} too, and only a bind can be at two places`)
    return []
  })
}

function isShown(path: string): boolean {
  try {
    const stats = statSync(path)
    return stats.isDirectory() || stats.isFile()
  } catch {
    return false // ENOENT, or ELOOP
  }
}
