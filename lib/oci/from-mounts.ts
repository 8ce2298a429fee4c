/** root and mounts: the view of files. */

import { posix, resolve } from 'node:path'
import { NEEDS } from '../plan/validate-mounts.js'
import type { Mount } from '../spawn/mount.js'
import type { SpawnOptions } from '../spawn/options.js'
import type { NamespaceType } from '../tables/namespaces.js'
import { ANNOTATIONS } from './annotations.js'
import { devFrom } from './dev.js'
import { mapFrom } from './from-namespaces.js'
import { MountOptions } from './mount-options.js'
import { overlayFrom } from './overlay.js'
import type { Place } from './place.js'
import { OCI_NAMES } from './to-namespaces.js'

type View = Pick<SpawnOptions, 'root' | 'rootReadonly' | 'mounts' | 'proc'>

export interface Context {
  readonly top: Place
  /** Namespaces that are made or joined. */
  readonly entered: ReadonlySet<NamespaceType>
  readonly makesUser: boolean
  readonly bundle: string
}

export function viewOf(context: Context): View {
  const { top, bundle } = context
  const root = top.at('root').allow(['path', 'readonly'], () => 'is not known to nskit')
  const path = (root.isAbsent ? root : root.at('path')).required((place) => place.text())
  if (path === '') root.at('path').refuse('is empty')
  const isMade = top.at('annotations').at(ANNOTATIONS.root).text() === 'empty'
  const mounts = top
    .at('mounts')
    .list()
    .flatMap((place) => mountFrom(place, context) ?? [])
  return {
    root: isMade ? 'empty' : resolve(bundle, path ?? '.'),
    rootReadonly: root.at('readonly').boolean() ?? false,
    mounts: withDevices(mounts),
    // What there is of it stands in the list.
    proc: false,
  }
}

/** A runtime has the default devices in every container, in what is mounted on /dev or in its root. */
function withDevices(mounts: readonly Mount[]): Mount[] {
  const dev = mounts.findIndex(({ type, destination }) => type === 'dev' && destination === '/dev')
  // It has a pts of its own, which is writable.
  const isItsOwn = (each: Mount): boolean =>
    each.type === 'devpts' && each.destination === '/dev/pts' && !each.readonly
  if (dev >= 0) return mounts.filter((each) => !isItsOwn(each))
  if (mounts.some(({ destination }) => destination === '/dev')) return [...mounts]
  return [{ type: 'dev', destination: '/dev' }, ...mounts]
}

function mountFrom(place: Place, context: Context): Mount | undefined {
  place.allow(
    ['destination', 'type', 'source', 'options', 'uidMappings', 'gidMappings'],
    () => 'is not known to nskit',
  )
  const destination = destinationFrom(place.at('destination'))
  // It says nothing but of binds.
  place.at('source').text()
  const options = new MountOptions(place.at('options'))
  const type = place.at('type').text() ?? 'none'
  if (destination === undefined) return undefined
  if (options.isBind || type === 'bind') return bindFrom(place, destination, options, context)
  for (const key of ['uidMappings', 'gidMappings']) {
    if (!place.at(key).saysNothing) place.at(key).refuse('nskit maps the ids of binds alone')
  }
  return filesystemFrom(place, type, destination, options, context)
}

/** A relative one begins at / (runtime-spec 1.0). */
function destinationFrom(place: Place): string | undefined {
  const text = place.required((each) => each.text())
  if (text === undefined) return undefined
  const path = posix.resolve('/', text)
  if (path !== '/') return path
  place.refuse('what is at / is root.path')
  return undefined
}

function bindFrom(
  place: Place,
  destination: string,
  options: MountOptions,
  { top, bundle }: Context,
): Mount | undefined {
  const { value: source, isAbsent } = place.at('source')
  if (isAbsent || source === '') place.at('source').refuse('is required')
  if (typeof source !== 'string') return undefined
  const linux = top.at('linux')
  const hasOwn = ['uidMappings', 'gidMappings'].some((key) => !place.at(key).saysNothing)
  const isMapped = options.takeMapping() || hasOwn
  const maps = hasOwn ? place : linux
  const [uid, gid] = [mapFrom(maps.at('uidMappings')), mapFrom(maps.at('gidMappings'))]
  if (isMapped && (uid === undefined || gid === undefined))
    place.refuse('an idmapped mount has to have mappings')
  options.refuseRest()
  return {
    type: 'bind',
    source: resolve(bundle, source),
    destination,
    recursive: options.isRecursive,
    readonly: options.has('readonly'),
    nosuid: options.has('nosuid'),
    nodev: options.has('nodev'),
    noexec: options.has('noexec'),
    ...(isMapped && uid !== undefined && gid !== undefined ? { idMap: { uid, gid } } : {}),
  }
}

function filesystemFrom(
  place: Place,
  type: string,
  destination: string,
  options: MountOptions,
  context: Context,
): Mount | undefined {
  const readonly = options.has('readonly')
  requireNamespace(place, type, context)
  switch (type) {
    case 'tmpfs': {
      if (destination === '/dev') return devFrom(place, options)
      const [size, mode] = [options.takeSize(), options.takeMode()]
      options.refuseRest()
      return {
        type,
        destination,
        readonly,
        noexec: options.has('noexec'),
        ...(size === undefined ? {} : { size }),
        ...(mode === undefined ? {} : { mode }),
      }
    }
    case 'proc':
    case 'sysfs':
    case 'mqueue':
      options.refuseRest()
      return { type, destination, readonly }
    case 'devpts':
      options.takeDevpts()
      options.refuseRest()
      return { type, destination, readonly }
    case 'cgroup':
    case 'cgroup2':
      options.refuseRest()
      return { type: 'cgroup2', destination, readonly }
    case 'overlay':
      return overlayFrom(place, destination, options, context)
    default:
      place.at('type').refuse(`nskit mounts no '${type}'`)
      return undefined
  }
}

function requireNamespace(place: Place, type: string, { entered }: Context): void {
  const needed = new Map(Object.entries(NEEDS)).get(type === 'cgroup' ? 'cgroup2' : type)
  if (needed === undefined || entered.has(needed)) return
  place.refuse(`'${type}' is mounted in a ${OCI_NAMES[needed]} namespace of its own alone, and there is none`)
}
