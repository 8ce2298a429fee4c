import type { FailedStep } from '../../lib/probe/types'

export function failed(step: FailedStep['step'], code: string, more: Partial<FailedStep> = {}): FailedStep {
  return { step, code, syscall: 'unshare', namespaces: ['user', 'net'], ...more }
}
