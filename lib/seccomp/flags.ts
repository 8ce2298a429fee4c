/** Flags for seccomp(2), by their names in the OCI specification. */

import { choice, list } from './values.js'

export const FLAGS = {
  // Nothing to do: the filter is set where there is one thread.
  SECCOMP_FILTER_FLAG_TSYNC: 0,
  SECCOMP_FILTER_FLAG_LOG: 1 << 1,
  SECCOMP_FILTER_FLAG_SPEC_ALLOW: 1 << 2,
} as const

/** EINVAL without a listener (seccomp(2), Linux 5.19), which only SCMP_ACT_NOTIFY has. */
const LISTENERS_ONLY = 'SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV'

/**
 * Flags of seccomp(2), but for those that need a listener.
 * @useDeclaredType
 */
export type SeccompFlag = keyof typeof FLAGS

export function readFlags(value: unknown): number {
  let flags = 0
  for (const [index, name] of list(value, 'flags').entries()) {
    const entry = `flags[${index}]`
    if (name === LISTENERS_ONLY) {
      throw new TypeError(`${entry}: ${LISTENERS_ONLY} requires SCMP_ACT_NOTIFY, which is not supported`)
    }
    flags |= FLAGS[choice(name, Object.keys(FLAGS) as SeccompFlag[], entry)]
  }
  return flags
}
