/**
 * Settings become a plan: which steps, in which order. Pure over Caller; reads as
 * the story of a process on its way into its namespaces.
 */

import type { NamespaceType } from '../tables/namespaces.js'
import type { Caller } from './caller.js'
import { changeIds } from './change-ids.js'
import { execStep } from './command.js'
import { enter } from './enter.js'
import { compileView } from './filesystem.js'
import { NULL_SOURCE } from './format.js'
import { joinsUser } from './joins.js'
import { guardsKernelFiles } from './kernel-files.js'
import { type ResolvedMaps, resolveMaps } from './maps.js'
import { afterIds, beforeExec, beforeIds, beforeNamespaces } from './privileges.js'
import type { NamespaceSettings, Settings } from './settings.js'
import type { Plan, PlanStep } from './steps.js'

export type DescriptorPairs = ReadonlyArray<readonly [target: number, source: number]>

export interface Compiled {
  readonly plan: Plan
  /** The maps of the new user namespace; undefined where none is created. */
  readonly maps: ResolvedMaps | undefined
}

export function compile(settings: Settings, descriptors: DescriptorPairs, caller: Caller): Compiled {
  const { namespaces, command } = settings
  const maps = namespaces.unshare.has('user') ? resolveMaps(namespaces, caller) : undefined
  const guarded = guardsKernelFiles(settings.privileges, caller)
  const view = compileView(settings.filesystem, caller, makesMountsAsUser(namespaces, caller), guarded)
  // By its name again: a mount may lie over it.
  const cwd = command.cwd ?? (view.movesCwd ? process.cwd() : undefined)
  const steps: PlanStep[] = []
  // Opened here: the root or the mounts that the command gets may have none.
  if (descriptors.some(([, source]) => source === NULL_SOURCE)) steps.push({ op: 'OpenNull' })
  steps.push(...beforeNamespaces(settings, caller))
  steps.push(...view.beforeNamespaces)
  steps.push(...enter(namespaces, maps, caller, view))
  steps.push(...useNamespaces(namespaces))
  steps.push(...forkInto(settings))
  steps.push(...view.inside)
  if (namespaces.init) steps.push({ op: 'StartInit', shareMemory: true })
  if (command.detached) steps.push({ op: 'NewSession' })
  if (cwd !== undefined) steps.push({ op: 'ChangeDirectory', path: cwd })
  steps.push(...beforeIds(settings, caller))
  steps.push(...changeIds(namespaces, maps, caller))
  steps.push(...afterIds(settings))
  // After the ids: a change of credentials clears the death signal (prctl(2), PR_SET_PDEATHSIG).
  if (namespaces.dieWithParent) steps.push({ op: 'DieWithParent' })
  steps.push({ op: 'Descriptors', pairs: descriptors })
  steps.push(...beforeExec(settings))
  steps.push(execStep(command))
  return { plan: { steps, followsParent: namespaces.dieWithParent }, maps }
}

/** New namespaces that a held process keeps until their handles are taken. */
export function compileHold(namespaces: NamespaceSettings, caller: Caller): Compiled {
  const maps = namespaces.unshare.has('user') ? resolveMaps(namespaces, caller) : undefined
  const steps: PlanStep[] = [...enter(namespaces, maps, caller), ...useNamespaces(namespaces), { op: 'Hold' }]
  return { plan: { steps, followsParent: true }, maps }
}

export function useNamespaces({ hostname, domainname, loopback }: NamespaceSettings): PlanStep[] {
  const steps: PlanStep[] = []
  if (hostname !== undefined) steps.push({ op: 'SetHostname', name: hostname })
  if (domainname !== undefined) steps.push({ op: 'SetDomainname', name: domainname })
  if (loopback) steps.push({ op: 'LoopbackUp' })
  return steps
}

/** pid and time namespaces hold the next child, not their creator; /proc must be mounted by that child. */
function forkInto({ namespaces, filesystem }: Settings): PlanStep[] {
  const { unshare, join: targets, init } = namespaces
  const steps: PlanStep[] = []
  const entered = (type: NamespaceType): boolean =>
    unshare.has(type) ||
    targets.some((target) => ('fd' in target ? target.type === type : target.types.includes(type)))
  if (entered('pid') || entered('time')) {
    // The process that is left outside without an init must not keep a directory of the old root.
    if (filesystem.root.kind !== 'host' && !init) steps.push({ op: 'ChangeDirectory', path: '/' })
    // The kernel refuses shared memory across a time namespace before 6.x (the vdso page belongs to it).
    steps.push({ op: 'Fork', shareMemory: !entered('time') })
  }
  return steps
}

export function makesMountsAsUser({ unshare, join }: NamespaceSettings, caller: Caller): boolean {
  return unshare.has('user') || join.some(joinsUser) || !caller.isInInitialUserNamespace
}
