/** linux, but for namespaces. */

import { join } from 'node:path'
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
  const path = device.at('path').text()
  const numbers = path === undefined ? undefined : DEVICES[path]
  const isSame =
    device.at('type').text() === 'c' &&
    device.at('major').value === numbers?.[0] &&
    device.at('minor').value === numbers?.[1]
  if (numbers === undefined || !isSame)
    device.refuse(`nskit makes no device, and ${path} is none of the default ones`)
}

export function pathsOf(linux: Place): Pick<SpawnOptions, 'maskedPaths' | 'readonlyPaths'> {
  return { maskedPaths: linux.at('maskedPaths').texts(), readonlyPaths: linux.at('readonlyPaths').texts() }
}

export function cgroupOf(place: Place): Pick<SpawnOptions, 'cgroup'> {
  const path = place.text()
  if (!path) return {}
  const [hierarchy] = hierarchies()
  if (!path.startsWith('/')) place.refuse('must be absolute: where else it is, each runtime says for itself')
  else if (hierarchy === undefined) place.refuse('no cgroup v2 hierarchy is mounted here')
  else return { cgroup: join(hierarchy, path) }
  return {}
}

export function seccompFrom(place: Place): Pick<SpawnOptions, 'seccomp'> {
  if (place.isAbsent) return {}
  const profile = place.value as object
  try {
    compileSeccomp(profile, process.arch === 'arm64' ? 'arm64' : 'x64')
  } catch (error) {
    place.refuse((error as Error).message)
  }
  return { seccomp: profile }
}
