/** Whose limit answered ENOSPC. */

import type { NamespaceType } from '../../tables/namespaces.js'
import { type HostFacts, valueIn } from '../facts.js'
import { kindOfStep } from '../kind.js'
import type { FailedStep } from '../types.js'

/** Types that are asked for in one call (as bwrap does) get one answer: a limit of 0 tells whose it was. */
export function limitedType(failed: FailedStep, { kernel }: HostFacts): NamespaceType {
  const type = kindOfStep(failed.step, failed.namespaces)
  const isClosed = (each: NamespaceType) => valueIn(kernel.limits[each]) === 0
  if (!failed.together || isClosed(type)) return type
  return failed.namespaces.find(isClosed) ?? type
}
