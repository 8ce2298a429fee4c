import type { SetupStep } from '../plan/steps.js'
import { isNamespaceType, type NamespaceType } from '../tables/namespaces.js'
import { HOSTNAME, LOOPBACK, MOUNTS } from './step-families.js'

/** The namespace that a failed step was about: what a person would say is denied. */
export function kindOfStep(step: SetupStep, namespaces: readonly NamespaceType[]): NamespaceType {
  const [, type] = /^(?:create|join)-([a-z]+)$/.exec(step) ?? []
  if (isNamespaceType(type)) return type
  if (LOOPBACK.test(step)) return 'net'
  if (HOSTNAME.test(step)) return 'uts'
  if (MOUNTS.test(step)) return 'mnt'
  if (step === 'write-time-offsets') return 'time'
  if ((step === 'fork' || step === 'start-init') && namespaces.includes('pid')) return 'pid'
  return namespaces.includes('user') ? 'user' : (namespaces[0] ?? 'user')
}
