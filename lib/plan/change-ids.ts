/** The ids that the command gets. */

import type { Caller } from './caller.js'
import { joinsUser } from './joins.js'
import type { ResolvedMaps } from './maps.js'
import type { NamespaceSettings } from './settings.js'
import type { PlanStep } from './steps.js'

export function changeIds(
  namespaces: NamespaceSettings,
  maps: ResolvedMaps | undefined,
  caller: Caller,
): PlanStep[] {
  const { uid, gid } = namespaces
  const steps: PlanStep[] = []
  if (namespaces.groups !== undefined)
    steps.push({ op: 'SetGroups', groups: namespaces.groups, ifAllowed: false })
  else if (dropsGroups(namespaces, maps, caller)) steps.push({ op: 'SetGroups', groups: [], ifAllowed: true })
  if (gid !== undefined) steps.push({ op: 'SetGid', gid })
  if (uid !== undefined) steps.push({ op: 'SetUid', uid })
  return steps
}

/** As libuv: other ids come without the caller's groups, wherever setgroups(2) is allowed. */
function dropsGroups(settings: NamespaceSettings, maps: ResolvedMaps | undefined, caller: Caller): boolean {
  if (settings.uid === undefined && settings.gid === undefined) return false
  if (maps !== undefined) return maps.setgroups === 'allow'
  // What a joined user namespace allows, only the process that has joined it finds out.
  return caller.mayMapAnyId || settings.join.some(joinsUser)
}
