/** The kernel: which one, what it was built with, and the limits that it keeps. */

import { isNamespaceType, NAMESPACE_TYPES, type NamespaceType } from '../../tables/namespaces.js'
import { derive, type Fact, factOf, isKnown, known } from './fact.js'
import type { FactSource } from './source.js'

export interface KernelFacts {
  readonly release: Fact<string>
  /** The types in /proc/self/ns. */
  readonly namespaces: Fact<readonly NamespaceType[]>
  /** Set where something else than Linux answers. */
  readonly substitute: Fact<KernelSubstitute>
  /** kernel.unprivileged_userns_clone: Debian's patch, also in linux-hardened. */
  readonly unprivilegedUsernsClone: Fact<number>
  readonly limits: Readonly<Record<NamespaceType, Fact<number>>>
}

export type KernelSubstitute = 'gvisor' | 'wsl1'

export function readKernelFacts(source: FactSource): KernelFacts {
  const release = textOf(source, '/proc/sys/kernel/osrelease')
  const limits = NAMESPACE_TYPES.map((type) => [
    type,
    integerOf(source, `/proc/sys/user/max_${type}_namespaces`),
  ])
  return {
    release,
    namespaces: readTypes(source),
    substitute: readSubstitute(release, textOf(source, '/proc/version')),
    unprivilegedUsernsClone: integerOf(source, '/proc/sys/kernel/unprivileged_userns_clone'),
    limits: Object.fromEntries(limits) as Record<NamespaceType, Fact<number>>,
  }
}

export function textOf(source: FactSource, path: string): Fact<string> {
  return factOf(
    path,
    () => source.text(path),
    (text) => text.trim(),
  )
}

export function integerOf(source: FactSource, path: string): Fact<number> {
  return factOf(
    path,
    () => source.text(path),
    (text) => (/^-?[0-9]+$/.test(text.trim()) ? Number(text) : undefined),
  )
}

/** Whether the release is `major.minor` or later; undefined where it does not read. */
export function isSince(release: Fact<string>, major: number, minor: number): boolean | undefined {
  const numbers = isKnown(release) ? /^([0-9]+)\.([0-9]+)/.exec(release.value) : null
  if (numbers === null) return undefined
  const [ownMajor, ownMinor] = [Number(numbers[1]), Number(numbers[2])]
  return ownMajor > major || (ownMajor === major && ownMinor >= minor)
}

function readTypes(source: FactSource): Fact<readonly NamespaceType[]> {
  const folder = '/proc/self/ns'
  return factOf(
    folder,
    () => source.names(folder).filter(isNamespaceType).join(' '),
    (text) => (text === '' ? [] : (text.split(' ') as NamespaceType[])),
  )
}

/**
 * gVisor has one /proc/version for all its releases; WSL 1 says Microsoft, WSL 2 runs a Linux that says
 * microsoft.
 */
const GVISOR = /gvisor|^Linux version 4\.4\.0 #1 SMP Sun Jan 10 15:06:54 PST 2016/i
const WSL1 = /-Microsoft$/

function readSubstitute(release: Fact<string>, version: Fact<string>): Fact<KernelSubstitute> {
  if (isKnown(version) && GVISOR.test(version.value)) return known(version.source, 'gvisor', version.value)
  if (isKnown(release) && WSL1.test(release.value)) return known(release.source, 'wsl1', release.value)
  return derive(version, version.source, () => undefined)
}
