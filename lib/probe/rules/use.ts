/** Using what was created: mounts, a private /proc, loopback, the hostname. */

import { type HostFacts, isKnown, valueIn } from '../facts.js'
import { HOSTNAME, LOOPBACK, MOUNTS } from '../step-families.js'
import type { FailedStep } from '../types.js'
import { refusedOperation, takenAdmin, takenCapability } from './apparmor.js'
import { hasCapability, hasProvenAdmin, isConfined, isFiltered } from './policies.js'
import { certain, type Finding, likely, type Rule } from './rule.js'

const ADMIN = new RegExp(`${MOUNTS.source}|${HOSTNAME.source}`)
const USE = new RegExp(`${ADMIN.source}|${LOOPBACK.source}`)

export const USE_RULES: readonly Rule[] = [
  { steps: /^mount-proc$/, codes: ['EPERM'], find: maskedProc },
  { steps: USE, codes: ['EPERM'], find: missingCapability },
  { steps: MOUNTS, codes: ['EPERM'], find: filter },
  { steps: HOSTNAME, codes: ['EPERM'], find: filter },
  { steps: LOOPBACK, codes: ['EPERM'], find: takenCapability },
  { steps: ADMIN, codes: ['EPERM'], find: takenAdmin },
  { steps: LOOPBACK, codes: ['EPERM', 'EACCES', 'EAFNOSUPPORT'], find: filterOfSockets },
  { steps: USE, codes: ['EACCES'], find: refusedOperation },
  { steps: /^pivot-root$/, codes: ['EINVAL'], find: (_failed, facts) => pivotInChroot(facts) },
  {
    steps: MOUNTS,
    codes: ['ENODEV'],
    find: (_failed, facts) => likely('kernel-config', facts.kernel.release),
  },
]

/** mount_too_revealing() looks only at mount namespaces that the initial user namespace does not own. */
function maskedProc({ namespaces }: FailedStep, facts: HostFacts): Finding | undefined {
  const { coveredProc } = facts.mounts
  const checked = namespaces.includes('user') || valueIn(facts.process.initialUserNamespace) === false
  if (!checked) return undefined
  if (!isKnown(coveredProc)) return likely('masked-proc', coveredProc)
  return coveredProc.value.length > 0 ? certain('masked-proc', coveredProc) : undefined
}

function missingCapability(failed: FailedStep, facts: HostFacts): Finding | undefined {
  if (failed.namespaces.includes('user')) return undefined
  const name = LOOPBACK.test(failed.step) ? 'CAP_NET_ADMIN' : 'CAP_SYS_ADMIN'
  return hasCapability(facts, name) === false
    ? certain('missing-capability', facts.process.capEff)
    : undefined
}

/**
 * CAP_SYS_ADMIN is proven by the steps before, and AppArmor and SELinux answer a mount with EACCES: EPERM
 * here is a filter's. But a filter cannot tell file systems apart (their names are pointers): one that let
 * the change of propagation pass is not what refuses /proc.
 */
function filter(failed: FailedStep, facts: HostFacts): Finding | undefined {
  if (isFiltered(facts) !== true || failed.step === 'mount-proc') return undefined
  const { seccomp } = facts.process
  const sure = hasProvenAdmin(failed, facts) === true && isConfined(facts) === false
  return (sure ? certain : likely)('seccomp', seccomp)
}

/** RestrictAddressFamilies= answers EAFNOSUPPORT, which the kernel itself says only without netlink. */
function filterOfSockets({ code }: FailedStep, facts: HostFacts): Finding | undefined {
  if (isFiltered(facts) !== true) return undefined
  return (code === 'EAFNOSUPPORT' ? certain : likely)('seccomp', facts.process.seccomp)
}

/** The root of pivot_root(2) must be a mount point, and be mounted on something. */
function pivotInChroot({ mounts }: HostFacts): Finding | undefined {
  if (valueIn(mounts.bottomRoot) === true) return certain('initramfs', mounts.bottomRoot)
  return valueIn(mounts.chroot) === true ? certain('chroot', mounts.chroot) : undefined
}
