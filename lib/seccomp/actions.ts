/** What a filter answers (seccomp(2)): SECCOMP_RET_* and, in the low 16 bits, its data. */

import { choice, integer } from './values.js'

interface Action {
  readonly code: number
  /** The largest errnoRet; absent where the action takes none. */
  readonly dataLimit?: number
}

/** MAX_ERRNO: the kernel cuts a larger one down to it. */
const MAX_ERRNO = 4095
const EPERM = 1
const ENOSYS = 38

const ACTIONS = {
  SCMP_ACT_KILL: { code: 0x00000000 },
  SCMP_ACT_KILL_THREAD: { code: 0x00000000 },
  SCMP_ACT_KILL_PROCESS: { code: 0x80000000 },
  SCMP_ACT_TRAP: { code: 0x00030000 },
  SCMP_ACT_ERRNO: { code: 0x00050000, dataLimit: MAX_ERRNO },
  SCMP_ACT_TRACE: { code: 0x7ff00000, dataLimit: 0xffff },
  SCMP_ACT_LOG: { code: 0x7ffc0000 },
  SCMP_ACT_ALLOW: { code: 0x7fff0000 },
} as const satisfies Record<string, Action>

/**
 * What a call gets (seccomp(2)): SCMP_ACT_KILL is SCMP_ACT_KILL_THREAD. SCMP_ACT_NOTIFY is refused.
 * @useDeclaredType
 */
export type SeccompAction = keyof typeof ACTIONS

export const KILL_PROCESS = ACTIONS.SCMP_ACT_KILL_PROCESS.code
export const NO_SUCH_CALL = ACTIONS.SCMP_ACT_ERRNO.code + ENOSYS

/** The filter's return value for an action and its errnoRet; `entry` and `errnoEntry` name them in errors. */
export function readAction(name: unknown, entry: string, errnoRet: unknown, errnoEntry: string): number {
  if (name === 'SCMP_ACT_NOTIFY') {
    throw new TypeError(
      `${entry}: SCMP_ACT_NOTIFY is not supported: it needs a process that answers each call`,
    )
  }
  const action: Action = ACTIONS[choice(name, Object.keys(ACTIONS) as SeccompAction[], entry)]
  if (errnoRet === undefined) return action.code + (action.dataLimit === undefined ? 0 : EPERM)
  // The specification: an errnoRet for an action that has none must be an error.
  if (action.dataLimit === undefined) throw new TypeError(`${errnoEntry}: ${name} takes none`)
  return action.code + integer(errnoRet, action.dataLimit, errnoEntry)
}
