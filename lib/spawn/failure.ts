/** What the stage or the addon reported becomes the error that the user sees. */

import { constants } from 'node:os'
import { errnoCode } from '../errors/errno.js'
import { hintFor } from '../errors/hints.js'
import { SetupError } from '../errors/setup-error.js'
import { LAUNCH_STEP } from '../native/binding.js'
import { describeFailed } from '../plan/describe.js'
import type { CommandSettings } from '../plan/settings.js'
import type { Plan, PlanStep } from '../plan/steps.js'

export interface Failure {
  /** Index into the plan; LAUNCH_STEP before it. */
  step: number
  /** Positive; 0 where the set-up was killed. */
  errno: number
  /** The refused namespace's flag; the signal where errno is 0. */
  detail: number
  /** Wait status of newuidmap or newgidmap. */
  status: number
  /** What it said. */
  text: string
}

export function errorOf(failure: Failure, plan: Plan, command: CommandSettings, call = 'spawn'): SetupError {
  const step = plan.steps[failure.step === LAUNCH_STEP ? stepOfLaunch(failure, plan) : failure.step]
  if (step === undefined) return launchError(failure)
  if (failure.errno === 0) return killedError(failure, step)
  const { step: name, syscall, target } = describeFailed(step, failure.detail)
  if (step.op === 'Exec') return execError(failure.errno, plan, command, call)
  const said = failure.text.trim()
  return new SetupError({
    step: name,
    errno: failure.errno,
    syscall,
    target,
    hint: hintFor(name, errnoCode(failure.errno)),
    detail: said === '' ? undefined : said,
  })
}

/** The kernel's word, foreseen or not: an event. Anything else is a wrong option, which throws. */
export function isRefusal(error: unknown): error is Error {
  // No instanceof: fs's errors may be of another realm.
  return SetupError.is(error) || (typeof error === 'object' && error !== null && 'syscall' in error)
}

/** The one thing of the launch that is the caller's: a descriptor that is not open does not reach the stage. */
function stepOfLaunch({ errno }: Failure, plan: Plan): number {
  return errno === constants.errno.EBADF
    ? plan.steps.findIndex(({ op }) => op === 'Descriptors')
    : LAUNCH_STEP
}

function launchError({ errno }: Failure): SetupError {
  const code = errnoCode(errno)
  return new SetupError({ step: 'launch', errno, syscall: 'clone', hint: hintFor('launch', code) })
}

function killedError({ detail }: Failure, step: PlanStep): SetupError {
  const { step: name, syscall, target } = describeFailed(step, 0)
  const message = `${name}: the set-up was ended by signal ${detail}`
  return new SetupError({ step: name, errno: 0, code: 'ERR_NSKIT_SETUP_KILLED', syscall, target, message })
}

/** execve(2): ENOENT is also said of what the program is started by. */
const LACKS_LOADER =
  'It is looked up in the new root. Where it is there, its interpreter (#!) or its loader is not: /lib64, /lib and /bin may have to be mounted, or linked into /usr'

function hasOwnView({ steps }: Plan): boolean {
  return steps.some(({ op }) => op === 'NewRoot' || op === 'AttachTree')
}

/** As child_process's: message, code, errno, syscall, path and spawnargs are the same; `step` comes on top. */
function execError(errno: number, plan: Plan, { file, argv }: CommandSettings, call: string): SetupError {
  const code = errnoCode(errno)
  const syscall = `${call} ${file}`
  const message = `${syscall} ${code}`
  const hint = errno === constants.errno.ENOENT && hasOwnView(plan) ? LACKS_LOADER : undefined
  const error = new SetupError({ step: 'exec', errno, syscall, target: file, message, hint })
  // child_process's errors are plain Errors by name, and tools print them so.
  return Object.assign(error, { name: 'Error', path: file, spawnargs: argv.slice(1) })
}
