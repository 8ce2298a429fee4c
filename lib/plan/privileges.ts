/** What the command may do becomes steps. The order is the kernel's: what a step needs must not be given up before. */

import { capabilityBit } from '../status/capabilities.js'
import type { Caller } from './caller.js'
import { joinsUser } from './joins.js'
import type { NamespaceSettings, Settings } from './settings.js'
import type { PlanStep } from './steps.js'

const SYS_ADMIN = 1n << BigInt(capabilityBit('CAP_SYS_ADMIN') as number)

/** While all are the caller's: its paths, its namespaces, its privileges. */
export function beforeNamespaces({ namespaces, privileges }: Settings, caller: Caller): PlanStep[] {
  const { cgroup, rlimits } = privileges
  const steps: PlanStep[] = []
  // What is set already takes CAP_AUDIT_CONTROL in the initial user namespace; what is forked inherits it.
  if (privileges.auditSession) {
    steps.push({ op: 'SetLoginUid', uid: caller.uid, obstacle: caller.auditObstacle() })
  }
  // First of all: a cgroup namespace must be made inside, and what is forked is inside as well.
  if (cgroup !== undefined) steps.push({ op: 'EnterCgroup', path: cgroup })
  // Raising takes CAP_SYS_RESOURCE in the initial user namespace, which other ids or a user namespace give up.
  const loses = hasOwnUserNamespace(namespaces) || leavesRoot(namespaces)
  if (rlimits.length > 0 && caller.mayRaiseLimits && loses) {
    steps.push({ op: 'SetLimits', limits: rlimits, hardOnly: true })
  }
  return steps
}

/** While the ids, and so the capabilities, are those that rule the namespaces. */
export function beforeIds({ namespaces, privileges }: Settings, caller: Caller): PlanStep[] {
  const { capabilities, noNewPrivileges } = privileges
  const steps: PlanStep[] = []
  if (!filtersLast({ namespaces, privileges })) steps.push(...filter(privileges))
  if (capabilities === undefined) return steps
  const mayDrop = hasOwnUserNamespace(namespaces) || caller.mayDropBounding
  // Without CAP_SETPCAP the bounding set cannot be cut; under no_new_privs execve adds nothing from it.
  if (mayDrop || !noNewPrivileges) steps.push({ op: 'DropBounding', keep: capabilities.bounding })
  if (capabilities.permitted !== 0n && leavesRoot(namespaces)) steps.push({ op: 'KeepCapabilities' })
  return steps
}

export function afterIds({ privileges }: Pick<Settings, 'privileges'>): PlanStep[] {
  // Charged to, and owned by, the ids that the command has.
  return privileges.newKeyring ? [{ op: 'NewKeyring' }] : []
}

/** Behind all that the set-up still has to open or may do. */
export function beforeExec({
  namespaces,
  privileges,
}: Pick<Settings, 'namespaces' | 'privileges'>): PlanStep[] {
  const { capabilities, noNewPrivileges, rlimits } = privileges
  const steps: PlanStep[] = []
  if (rlimits.length > 0) steps.push({ op: 'SetLimits', limits: rlimits, hardOnly: false })
  if (capabilities !== undefined) {
    const { permitted, effective, inheritable, ambient } = capabilities
    steps.push({ op: 'SetCapabilities', permitted, effective, inheritable, ambient })
  }
  if (noNewPrivileges) steps.push({ op: 'NoNewPrivileges' })
  if (filtersLast({ namespaces, privileges })) steps.push(...filter(privileges))
  return steps
}

/**
 * seccomp(2) takes no_new_privs or CAP_SYS_ADMIN. Last, a filter need allow nothing but execve of what the set-up
 * does; where the capability would be gone by then, it comes before that, as runc has it.
 */
function filtersLast({ namespaces, privileges }: Pick<Settings, 'namespaces' | 'privileges'>): boolean {
  const { capabilities, noNewPrivileges } = privileges
  if (noNewPrivileges) return true
  return capabilities === undefined ? !leavesRoot(namespaces) : (capabilities.effective & SYS_ADMIN) !== 0n
}

function filter({ seccomp }: Settings['privileges']): PlanStep[] {
  return seccomp === undefined ? [] : [{ op: 'Seccomp', ...seccomp }]
}

/** Its creator, and who joins it, has every capability in a user namespace. */
function hasOwnUserNamespace({ unshare, join }: NamespaceSettings): boolean {
  return unshare.has('user') || join.some(joinsUser)
}

/** To such a uid capabilities do not go along. */
function leavesRoot({ uid }: NamespaceSettings): boolean {
  return uid !== undefined && uid !== 0
}
