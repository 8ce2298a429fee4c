import type { SetupStep } from '../plan/steps.js'
import { errnoCode, errnoMessage } from './errno.js'

const BRAND = Symbol.for('nskit.SetupError')

/** What a SetupError is made from. */
export interface SetupFailure {
  step: SetupStep
  /** Positive, as the kernel's. */
  errno: number
  syscall: string
  target?: string | undefined
  hint?: string | undefined
  /** What an external helper (newuidmap) said about it. */
  detail?: string | undefined
  /** Instead of an errno's name: what happened when it was no errno. */
  code?: string | undefined
  message?: string | undefined
}

/**
 * A setup step failed: the command never ran and nothing is left of the attempt.
 *
 * `message` has the step, the target and the kernel's words; `hint` the next thing to do.
 */
export class SetupError extends Error {
  /** The step that failed, as `explain()` names it. */
  readonly step: SetupStep
  /** 'EPERM', 'ENOENT', … */
  readonly code: string
  /** Negative, as Node's; 0 where there was none. */
  readonly errno: number
  /** The system call that the kernel refused: 'unshare', 'mount', … */
  readonly syscall: string
  /** The path, map or namespace that the step was about. */
  readonly target: string | undefined
  /** What to do next, where that is known. Not in `message`: print both. */
  readonly hint: string | undefined

  /** @hidden nskit's own to make. */
  constructor(failure: SetupFailure) {
    super(failure.message ?? describe(failure))
    this.name = 'SetupError'
    this.step = failure.step
    this.code = failure.code ?? errnoCode(failure.errno)
    this.errno = -failure.errno
    this.syscall = failure.syscall
    this.target = failure.target
    this.hint = failure.hint
    Object.defineProperty(this, BRAND, { value: true })
  }

  /**
   * True for a SetupError of any copy of the package and any realm, where `instanceof` is not.
   * @param value anything: what was caught.
   */
  static is(value: unknown): value is SetupError {
    return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[BRAND] === true
  }
}

function describe(failure: SetupFailure): string {
  const about = failure.target === undefined ? '' : ` ${failure.target}`
  const words = failure.errno === 0 ? (failure.code ?? 'failed') : reason(failure.errno)
  const detail = failure.detail ? ` (${failure.detail.trim()})` : ''
  return `${failure.step}${about}: ${words}${detail}`
}

function reason(errno: number): string {
  return `${errnoCode(errno)}, ${errnoMessage(errno)}`
}
