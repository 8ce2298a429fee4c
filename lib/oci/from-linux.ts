/** linux, but for namespaces. */

import { join, resolve } from 'node:path'
import { destinationOf } from '../plan/validate-mounts.js'
import { compileSeccomp } from '../seccomp/api.js'
import type { SpawnOptions } from '../spawn/options.js'
import { hierarchies } from './cgroups-path.js'
import type { Place } from './place.js'

const KEYS = [
  'namespaces',
  'uidMappings',
  'gidMappings',
  'timeOffsets',
  'cgroupsPath',
  'resources',
  'sysctl',
  'seccomp',
  'devices',
  'maskedPaths',
  'readonlyPaths',
  'rootfsPropagation',
]

/** Default Devices of config-linux.md that are in nskit's /dev as well: major and minor number. */
const DEVICES: Readonly<Record<string, readonly [number, number]>> = {
  '/dev/null': [1, 3],
  '/dev/zero': [1, 5],
  '/dev/full': [1, 7],
  '/dev/random': [1, 8],
  '/dev/urandom': [1, 9],
  '/dev/tty': [5, 0],
}

export function refuseOtherLinux(linux: Place): void {
  linux.required((each) => each)
  linux.allow(KEYS, () => 'nskit does not set it')
  const limits = 'nskit sets no limits of cgroups: set them in one, and name that by cgroupsPath'
  linux.at('resources').allow([], () => limits)
  linux.at('sysctl').allow([], () => 'nskit sets no sysctls')
  const propagation = linux.at('rootfsPropagation')
  const kind = propagation.text() ?? ''
  if (!['', 'private', 'rprivate'].includes(kind)) propagation.refuse(`'${kind}': nskit's mounts are private`)
  linux.at('devices').list().forEach(refuseOtherDevice)
}

function refuseOtherDevice(device: Place): void {
  device.allow(['path', 'type', 'major', 'minor', 'fileMode', 'uid', 'gid'], () => 'is not known to nskit')
  const path = device.at('path').text()
  const numbers = path !== undefined && Object.hasOwn(DEVICES, path) ? DEVICES[path] : undefined
  const isSame =
    device.at('type').text() === 'c' &&
    device.at('major').value === numbers?.[0] &&
    device.at('minor').value === numbers?.[1]
  if (numbers === undefined || !isSame)
    device.refuse(`nskit makes no device, and ${path} is none of the default ones`)
  // Whose it is says nothing where all may read and write.
  for (const key of ['uid', 'gid']) device.at(key).integer(0, 0xffff_ffff)
  const mode = device.at('fileMode').integer(0, 0xffff_ffff)
  if (mode !== undefined && (mode & 0o7777) !== 0o666)
    device.at('fileMode').refuse("nskit's has mode 0666, as the host's has")
}

export function pathsOf(linux: Place): Pick<SpawnOptions, 'maskedPaths' | 'readonlyPaths'> {
  return {
    maskedPaths: absolute(linux.at('maskedPaths')),
    readonlyPaths: absolute(linux.at('readonlyPaths')),
  }
}

function absolute(place: Place): string[] {
  return place.list().flatMap((each) => {
    const path = each.required((one) => one.text())
    return path === undefined ? [] : (each.attempt(() => destinationOf('it', path)) ?? [])
  })
}

export function cgroupOf(place: Place): Pick<SpawnOptions, 'cgroup'> {
  const path = place.text()
  if (!path) return {}
  const [hierarchy] = hierarchies()
  if (!path.startsWith('/')) place.refuse('must be absolute: where else it is, each runtime says for itself')
  else if (hierarchy === undefined) place.refuse('no cgroup v2 hierarchy is mounted here')
  // Nothing leads out of the hierarchy.
  else return { cgroup: join(hierarchy, resolve('/', path)) }
  return {}
}

export function seccompFrom(place: Place): Pick<SpawnOptions, 'seccomp'> {
  if (place.isAbsent) return {}
  const profile = place.value as object
  place.attempt(() => compileSeccomp(profile, process.arch === 'arm64' ? 'arm64' : 'x64'))
  return { seccomp: profile }
}
