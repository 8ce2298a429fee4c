/** /dev: a runtime puts the default devices and links into what is mounted there (config-linux.md, Default Devices). */

import type { MountSettings } from '../plan/settings.js'
import type { Mount } from '../spawn/mount.js'
import type { MountOptions } from './mount-options.js'
import type { Place } from './place.js'
import type { OciMount } from './types.js'

/** What nskit's own, which is fixed, can hold. */
const BYTES = 64 << 20

/**
 * As nskit's own, but for what the list mounts itself. `nodev` it cannot be, as a runtime with privilege makes nodes in
 * it.
 */
export function devMounts(list: readonly MountSettings[]): OciMount[] {
  const mounts = ALL.filter(
    ({ destination: own }) => own === '/dev' || !list.some(({ destination }) => destination === own),
  )
  return mounts.map((mount) => ({ ...mount, options: [...mount.options] }))
}

const ALL: readonly OciMount[] = [
  {
    destination: '/dev',
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['nosuid', 'noexec', 'strictatime', 'mode=0755', `size=${BYTES}`],
  },
  {
    destination: '/dev/pts',
    type: 'devpts',
    source: 'devpts',
    options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=620'],
  },
  {
    destination: '/dev/shm',
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['nosuid', 'nodev', 'noexec', 'mode=1777', `size=${BYTES}`],
  },
]

/** A tmpfs on /dev. */
export function devFrom(place: Place, options: MountOptions): Mount {
  const [size, mode] = [options.takeSize(), options.takeMode()]
  options.refuseRest()
  const list = place.at('options')
  if (size !== undefined && size < BYTES)
    list.refuse(`nskit's /dev can hold ${BYTES} bytes, more than ${size}`)
  if (mode !== undefined && mode !== 0o755) list.refuse("nskit's /dev has mode 0755")
  if (options.has('readonly')) list.refuse("nskit's /dev is not read-only")
  return { type: 'dev', destination: '/dev' }
}
