/** Options become an OCI configuration, by way of the same settings that spawn's plan is made of. */

import { caller } from '../plan/caller.js'
import { resolveMaps } from '../plan/maps.js'
import { parseCall, validate } from '../plan/validate.js'
import { ANNOTATIONS } from './annotations.js'
import { cgroupsPath } from './cgroups-path.js'
import { behindLinks, linksOf } from './link-places.js'
import { Refusals } from './refusals.js'
import { type Source, seccompOf } from './source.js'
import { withSubmounts } from './submounts.js'
import { mountsOf } from './to-mounts.js'
import { namespacesOf, timeOffsetsOf } from './to-namespaces.js'
import { processOf } from './to-process.js'
import { guardedPaths, refuseSubmounts, rootOf } from './to-root.js'
import type { OciLinux, OciMount, OciSpec } from './types.js'
import { refuseWithoutForm } from './without-form.js'

/** With it came domainname, mappings of mounts, and options that hold in submounts. */
const OCI_VERSION = '1.1.0'

export function toOciSpec(command: unknown, second?: unknown, third?: unknown): OciSpec {
  const call = parseCall(command, second, third)
  const asked = validate(call)
  const host = caller()
  const { namespaces, filesystem } = asked
  const links = linksOf(filesystem)
  const settings = { ...asked, filesystem: behindLinks(filesystem, links) }
  const maps = namespaces.unshare.has('user') ? resolveMaps(namespaces, host) : undefined
  const refusals = new Refusals(`these options have no form in an OCI configuration:`)
  const source: Source = { call, settings, caller: host, maps, refusals, hostLinks: links.host }

  refuseWithoutForm(source)
  refuseSubmounts(source)
  const { hostname, domainname } = namespaces
  const mounts = mountsOf(source)
  const spec: OciSpec = {
    ociVersion: OCI_VERSION,
    process: processOf(source),
    root: rootOf(settings.filesystem),
    ...(hostname === undefined ? {} : { hostname }),
    ...(domainname === undefined ? {} : { domainname }),
    mounts,
    linux: linuxOf(source, mounts),
    annotations: annotationsOf(source),
  }
  refusals.throwIfAny()
  return spec
}

function linuxOf(source: Source, mounts: readonly OciMount[]): OciLinux {
  const { settings, maps } = source
  const { maskedPaths, readonlyPaths } = settings.filesystem
  const linux: OciLinux = { namespaces: namespacesOf(source) }
  if (maps !== undefined) {
    linux.uidMappings = maps.uid.toJSON()
    linux.gidMappings = maps.gid.toJSON()
  }
  const offsets = settings.namespaces.timeOffsets
  if (offsets !== undefined) linux.timeOffsets = timeOffsetsOf(offsets)
  const path = cgroupsPath(source)
  if (path !== undefined) linux.cgroupsPath = path
  const seccomp = seccompOf(source)
  if (seccomp !== undefined) linux.seccomp = seccomp
  if (maskedPaths.length > 0) linux.maskedPaths = [...maskedPaths]
  const closed = withSubmounts([...readonlyPaths, ...guardedPaths(source)], source, mounts)
  if (closed.length > 0) linux.readonlyPaths = closed
  return linux
}

function annotationsOf({ settings }: Source): Record<string, string> {
  const { name } = settings.process
  const isMade = settings.filesystem.root.kind !== 'directory'
  return {
    ...(name === undefined ? {} : { [ANNOTATIONS.name]: name }),
    // fromOciSpec has no other way to know that nothing of the bundle's rootfs is meant.
    ...(isMade ? { [ANNOTATIONS.root]: 'empty' } : {}),
  }
}
