/** An overlay's options (Documentation/filesystems/overlayfs.rst). */

import { resolve } from 'node:path'
import { caller } from '../plan/caller.js'
import { overlayOptions } from '../plan/overlay.js'
import type { Mount } from '../spawn/mount.js'
import type { Context } from './from-mounts.js'
import type { MountOptions } from './mount-options.js'
import type { Place } from './place.js'

export function overlayFrom(
  place: Place,
  destination: string,
  options: MountOptions,
  { bundle, makesUser }: Context,
): Mount | undefined {
  const lower = options.take('lowerdir')
  const [upper, work] = [options.take('upperdir'), options.take('workdir')]
  // nskit gives it in a user namespace, and where there is none trusts the other kind of marks.
  if (makesUser || !caller().isInInitialUserNamespace) options.take('userxattr')
  options.refuseRest()
  for (const attribute of ['readonly', 'nosuid', 'nodev', 'noexec'] as const) {
    if (options.has(attribute)) place.at('options').refuse(`nskit sets no ${attribute} on an overlay`)
  }
  if (lower === undefined) {
    place.at('options').refuse('an overlay has to have a lowerdir')
    return undefined
  }
  const path = (text: string): string => resolve(bundle, unescaped(text))
  const layers = {
    lower: lower.split(UNESCAPED_COLON).map(path),
    ...(upper === undefined ? {} : { upper: path(upper) }),
    ...(work === undefined ? {} : { work: path(work) }),
  }
  place.at('options').attempt(() => overlayOptions('overlay', layers))
  return { type: 'overlay', destination, ...layers }
}

const UNESCAPED_COLON = /(?<!(?<!\\)(?:\\\\)*\\):/

function unescaped(path: string): string {
  return path.replaceAll(/\\([\\:,])/g, '$1')
}
