/** Whose limit answered ENOSPC. */

import type { NamespaceType } from '../../tables/namespaces.js'
import { type HostFacts, valueIn } from '../facts.js'
import { kindOfStep } from '../kind.js'
import type { FailedStep } from '../types.js'

/** Of types that were asked for in one call (bwrap's way) the answer is one: a limit of 0 tells which it was. */
export function limitedType(failed: FailedStep, { kernel }: HostFacts): NamespaceType {
  const type = kindOfStep(failed.step, failed.namespaces)
  const isClosed = (each: NamespaceType) => valueIn(kernel.limits[each]) === 0
  if (!failed.together || isClosed(type)) return type
  return failed.namespaces.find(isClosed) ?? type
}
