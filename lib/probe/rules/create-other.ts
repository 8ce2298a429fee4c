/** unshare(2) of the other types: they need CAP_SYS_ADMIN, which the new user namespace gives. */

import type { NamespaceType } from '../../tables/namespaces.js'
import { type HostFacts, isKnown, valueIn } from '../facts.js'
import { CREATE_OTHER } from '../step-families.js'
import type { FailedStep } from '../types.js'
import { takenAdmin } from './apparmor.js'
import { filterHidesClone3, hasCapability, hasProvenAdmin, isConfined, isFiltered } from './policies.js'
import { certain, type Finding, likely, type Rule } from './rule.js'

export const CREATE_OTHER_RULES: readonly Rule[] = [
  { steps: CREATE_OTHER, codes: ['ENOSPC'], find: limit },
  { steps: CREATE_OTHER, codes: ['EPERM'], find: missingAdmin },
  { steps: CREATE_OTHER, codes: ['EPERM'], find: filter },
  { steps: CREATE_OTHER, codes: ['EPERM'], find: takenAdmin },
  { steps: /^create-/, codes: ['EINVAL', 'ENOSYS'], find: notBuilt },
]

export function typeOfStep(step: string): NamespaceType {
  return step.slice('create-'.length) as NamespaceType
}

/** MAX_PID_NS_LEVEL is 32 as well, and answers the same. */
function limit({ step }: FailedStep, facts: HostFacts): Finding {
  const type = typeOfStep(step)
  const own = facts.kernel.limits[type]
  if (valueIn(own) === 0) return certain('namespace-limit', own)
  const { pidLevels, initialUserNamespace } = facts.process
  if (type === 'pid' && (valueIn(pidLevels) ?? 0) > 32) return certain('nesting-limit', pidLevels)
  // No limit of a namespace above: what is left is that this one is reached.
  const alone = type !== 'pid' && isKnown(own) && valueIn(initialUserNamespace) === true
  return (alone ? certain : likely)('namespace-limit', own, initialUserNamespace)
}

function missingAdmin({ namespaces }: FailedStep, facts: HostFacts): Finding | undefined {
  if (namespaces.includes('user')) return undefined
  const admin = hasCapability(facts, 'CAP_SYS_ADMIN')
  if (admin === false) return certain('missing-capability', facts.process.capEff)
  if (admin === true || valueIn(facts.process.euid) === 0) return undefined
  return likely('missing-capability', facts.process.capEff, facts.process.euid)
}

/** With CAP_SYS_ADMIN at hand the kernel itself has nothing to refuse. */
function filter(failed: FailedStep, facts: HostFacts): Finding | undefined {
  const { seccomp, clone3 } = facts.process
  if (isFiltered(facts) !== true) return undefined
  if (filterHidesClone3(facts)) return certain('seccomp', seccomp, clone3)
  const sure = hasProvenAdmin(failed, facts) === true && isConfined(facts) === false
  return (sure ? certain : likely)('seccomp', seccomp)
}

function notBuilt({ step, code }: FailedStep, facts: HostFacts): Finding | undefined {
  const { namespaces, substitute, release } = facts.kernel
  if (isKnown(substitute)) return certain('kernel-config', substitute)
  const types = valueIn(namespaces)
  if (types !== undefined && !types.includes(typeOfStep(step)))
    return certain('kernel-config', namespaces, release)
  // Before 7.4 RHEL built user namespaces in and refused them unless user_namespace.enable=1.
  if (code === 'EINVAL' && /\.el7\b/.test(valueIn(release) ?? '')) return likely('kernel-config', release)
  return types === undefined && code === 'EINVAL' ? likely('kernel-config', namespaces, release) : undefined
}
