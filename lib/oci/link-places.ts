/** Where a runtime makes no link but a bind, the same files have two places: what is done at one is done at both. */

import { lstatSync, readdirSync } from 'node:fs'
import { posix } from 'node:path'
import type { FilesystemSettings, MountSettings } from '../plan/settings.js'
import { follow, isAtOrBelow, placeOf } from './links.js'

export interface KnownLink {
  /** '/bin' */
  readonly path: string
  /** '/usr/bin': without links in it. */
  readonly target: string
}

export interface KnownLinks {
  /** In / of the host, where that is the root. */
  readonly host: readonly KnownLink[]
  /** Of `mounts`. */
  readonly list: readonly KnownLink[]
}

export function linksOf({ root, mounts }: FilesystemSettings): KnownLinks {
  return {
    host: root.kind === 'host' ? hostLinks() : [],
    list: mounts.flatMap((mount) => {
      const target = mount.type === 'symlink' ? follow(mount, mounts) : undefined
      return target === undefined ? [] : [{ path: mount.destination, target }]
    }),
  }
}

function hostLinks(): KnownLink[] {
  return readdirSync('/')
    .map((name) => `/${name}`)
    .filter((path) => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink())
    .map((path) => ({ path, target: placeOf(path) }))
}

/** With the places that the kernel finds behind the links; masks and read-only paths at all that show the same. */
export function behindLinks(settings: FilesystemSettings, known: KnownLinks): FilesystemSettings {
  const links = [...known.host, ...known.list]
  if (links.length === 0) return settings
  const places = (paths: readonly string[]): string[] => [
    ...new Set(paths.flatMap((path) => placesOf(path, links, settings.root.kind === 'host'))),
  ]
  return {
    ...settings,
    mounts: settings.mounts.map((mount) => behind(mount, links)),
    maskedPaths: places(settings.maskedPaths),
    readonlyPaths: places(settings.readonlyPaths),
  }
}

function behind(mount: MountSettings, links: readonly KnownLink[]): MountSettings {
  const { type, destination } = mount
  const parent = posix.dirname(destination)
  // A link itself is made where it stands.
  if (type === 'symlink')
    return { ...mount, destination: posix.join(targetOf(parent, links), posix.basename(destination)) }
  return { ...mount, destination: targetOf(destination, links) }
}

function targetOf(path: string, links: readonly KnownLink[]): string {
  const link = links.find((each) => isAtOrBelow(path, each.path))
  return link === undefined ? path : posix.join(link.target, path.slice(link.path.length))
}

function placesOf(path: string, links: readonly KnownLink[], isHost: boolean): string[] {
  const first = targetOf(path, links)
  const place = isHost ? placeOf(first) : first
  const others = links.flatMap((link) => {
    if (isAtOrBelow(place, link.target)) return [posix.join(link.path, place.slice(link.target.length))]
    return isAtOrBelow(link.target, place) ? [link.path] : []
  })
  return [first, ...others]
}
