/** What to change, for each cause: least privilege first, switches of the whole host last. */

import type { HostFacts } from './facts.js'
import { apparmorRemedies } from './remedies/apparmor.js'
import {
  capabilityRemedies,
  noNewPrivilegesRemedies,
  setgroupsRemedies,
  subidRemedies,
  unmappedRemedies,
} from './remedies/ids.js'
import { limitRemedies, nestingRemedies, sysctlUsernsRemedies } from './remedies/limits.js'
import type { RemediesOf } from './remedies/remedy.js'
import { seccompRemedies } from './remedies/seccomp.js'
import { selinuxRemedies } from './remedies/selinux.js'
import {
  chrootRemedies,
  initramfsRemedies,
  kernelRemedies,
  maskedProcRemedies,
  programRemedies,
  timeoutRemedies,
  unknownRemedies,
} from './remedies/surroundings.js'
import type { DenialCause, FailedStep, Remedy } from './types.js'

const BY_CAUSE: Readonly<Record<DenialCause, RemediesOf>> = {
  apparmor: apparmorRemedies,
  selinux: selinuxRemedies,
  seccomp: seccompRemedies,
  'sysctl-unprivileged-userns': sysctlUsernsRemedies,
  'namespace-limit': limitRemedies,
  'nesting-limit': nestingRemedies,
  chroot: chrootRemedies,
  initramfs: initramfsRemedies,
  'unmapped-ids': unmappedRemedies,
  'missing-capability': capabilityRemedies,
  setgroups: setgroupsRemedies,
  subids: subidRemedies,
  'masked-proc': maskedProcRemedies,
  'no-new-privileges': noNewPrivilegesRemedies,
  'kernel-config': kernelRemedies,
  'program-missing': programRemedies,
  timeout: timeoutRemedies,
  'unsupported-platform': () => [],
  unknown: unknownRemedies,
}

/** The tables are in the order of privilege; what changes the whole host goes behind everything else. */
export function remediesFor(cause: DenialCause, failed: FailedStep, facts: HostFacts): Remedy[] {
  const remedies = BY_CAUSE[cause](failed, facts, cause)
  return [
    ...remedies.filter(({ scope }) => scope !== 'host'),
    ...remedies.filter(({ scope }) => scope === 'host'),
  ]
}
