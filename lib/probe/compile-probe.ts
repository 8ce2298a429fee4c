/** A probe is the plan of a sandbox, one step at a time, that ends without a command. Pure over Caller. */

import type { Caller } from '../plan/caller.js'
import type { Compiled } from '../plan/compile.js'
import { becomeMappedRoot, createUser } from '../plan/enter.js'
import { type ResolvedMaps, resolveMaps } from '../plan/maps.js'
import type { PlanStep } from '../plan/steps.js'
import { MOUNT_PROC, PRIVATE_PROPAGATION } from '../plan/use.js'
import { LOOPBACK_ADDRESS } from './loopback.js'
import type { ProbeSettings } from './settings.js'

export function compileProbe(probe: ProbeSettings, caller: Caller): Compiled {
  const maps = probe.settings.unshare.has('user') ? resolveMaps(probe.settings, caller) : undefined
  const steps: PlanStep[] = [...create(probe, maps, caller), ...use(probe), { op: 'Leave' }]
  return { plan: { steps, followsParent: true }, maps }
}

function create({ namespaces }: ProbeSettings, maps: ResolvedMaps | undefined, caller: Caller): PlanStep[] {
  const others = namespaces.filter((type) => type !== 'user')
  return [
    ...(maps === undefined ? [] : [{ op: 'OpenProc' } as const, ...createUser(maps, caller)]),
    // One by one: the first that is refused is the answer.
    ...others.map((type) => ({ op: 'Unshare', types: [type] }) as const),
    ...(maps === undefined ? [] : becomeMappedRoot(maps, caller)),
  ]
}

function use({ namespaces, use: uses }: ProbeSettings): PlanStep[] {
  const steps: PlanStep[] = []
  if (uses.has('mount') || uses.has('proc')) steps.push(PRIVATE_PROPAGATION)
  if (uses.has('hostname')) steps.push({ op: 'SetHostname', name: 'probe' })
  // First the address, as bwrap: which is the message that its users know.
  if (uses.has('loopback')) steps.push(LOOPBACK_ADDRESS, { op: 'LoopbackUp' })
  if (namespaces.includes('pid') || namespaces.includes('time')) {
    steps.push({ op: 'Fork', shareMemory: !namespaces.includes('time') })
  }
  if (uses.has('proc')) steps.push(MOUNT_PROC)
  // Mounted on '/' itself: a probe needs no directory of the host.
  if (uses.has('mount')) {
    steps.push({ op: 'NewRoot', kind: 'tmpfs', source: 'mode=0755' }, { op: 'PivotRoot' })
  }
  return steps
}
