/** What of /proc and /sys uid 0 of the host may write by its uid alone, also in a user namespace that maps it. */

import type { Caller } from './caller.js'
import { readonlyAt } from './mount-attributes.js'
import type { PrivilegeSettings } from './settings.js'
import type { PlanStep } from './steps.js'

/** As bubblewrap covers them. By kernel/core_pattern alone, a program of one's own runs as root of the host. */
const IN_PROC = ['sys', 'sysrq-trigger', 'irq', 'bus']

/** With every capability kept, a command could undo it; and an ordinary user's ids may write none of them. */
export function guardsKernelFiles({ capabilities }: PrivilegeSettings, { uid }: Caller): boolean {
  return capabilities !== undefined && uid === 0
}

export function readonlyProc(destination: string): PlanStep[] {
  return IN_PROC.map((name) => ({
    ...readonlyAt(`${destination}/${name}`, true),
    bindSelf: true,
    ifPresent: true,
  }))
}

export function readonlySys(destination: string): PlanStep[] {
  return [readonlyAt(destination, true)]
}
