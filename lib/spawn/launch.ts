/** From settings to a stage at work: opens, compiles, encodes, starts, closes. */

import { type LaunchListener, type NativeProcess, native } from '../native/binding.js'
import { caller } from '../plan/caller.js'
import { type Compiled, compile } from '../plan/compile.js'
import { encode } from '../plan/encode.js'
import type { CommandSettings, Settings } from '../plan/settings.js'
import type { Plan } from '../plan/steps.js'
import { errorOf, type Failure } from './failure.js'
import { type OpenedStdio, openStdio } from './stdio.js'

export interface Launched {
  readonly handle: NativeProcess
  readonly compiled: Compiled
  readonly parentEnds: ReadonlyArray<number | undefined>
}

/** What the addon is given: the plan's bytes, the descriptors in it, and whether the environment goes along. */
export interface Prepared {
  readonly compiled: Compiled
  readonly bytes: Buffer
  readonly pass: Int32Array
  readonly inheritsEnvironment: boolean
}

/** Throws a SetupError for what is known to fail before the kernel is asked (no subordinate ids, a plan too large). */
export function prepare(settings: Settings, stdio: OpenedStdio): Prepared {
  const compiled = compile(settings, stdio.pairs, caller())
  return { compiled, ...forAddon(compiled.plan, settings.command) }
}

export function forAddon(plan: Plan, command?: CommandSettings): Omit<Prepared, 'compiled'> {
  const last = plan.steps.at(-1)
  return {
    bytes: encodeOrRefuse(plan, command),
    pass: descriptorsOf(plan),
    inheritsEnvironment: last?.op === 'Exec' && last.environment === undefined,
  }
}

export function launch(settings: Settings, listener: LaunchListener): Launched {
  const stdio = openStdio(settings.process)
  try {
    const { compiled, bytes, pass, inheritsEnvironment } = prepare(settings, stdio)
    const handle = native().launch(bytes, pass, inheritsEnvironment, listener)
    stdio.closeChildEnds()
    return { handle, compiled, parentEnds: stdio.parentEnds }
  } catch (error) {
    stdio.closeAll()
    throw error
  }
}

/** Every descriptor that a step names; the addon lets these, and these alone, pass into the stage. */
function descriptorsOf(plan: Plan): Int32Array {
  const fds: number[] = []
  for (const step of plan.steps) {
    if (step.op === 'JoinFd') fds.push(step.fd)
    if (step.op === 'Descriptors') for (const [, source] of step.pairs) if (source >= 0) fds.push(source)
  }
  return Int32Array.from(fds)
}

/** MAX_PLAN_SIZE is above what execve(2) takes, so such a command could never have run. */
function encodeOrRefuse(plan: Plan, command: CommandSettings | undefined): Buffer {
  try {
    return encode(plan)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'E2BIG' || command === undefined) throw error
    const failure: Failure = { step: plan.steps.length - 1, errno: 7, detail: 0, status: 0, text: '' }
    throw errorOf(failure, plan, command)
  }
}
