/** Plans that run no command: they act, and end in Leave. */

import { LAUNCH_EVENT, native } from '../native/binding.js'
import type { CommandSettings } from '../plan/settings.js'
import type { Plan, PlanStep } from '../plan/steps.js'
import { errorOf, type Failure } from '../spawn/failure.js'
import { forAddon } from '../spawn/launch.js'

/** What errors speak of where no command is. */
const NO_COMMAND: CommandSettings = { file: '', argv: [], cwd: undefined, env: {}, detached: false }

/** Runs `steps` in a process of their own, and waits until it is gone. What was refused, if anything was. */
export function runSteps(steps: readonly PlanStep[]): Promise<Failure | undefined> {
  const { bytes, pass } = forAddon(planOf(steps))
  return new Promise((resolve) => {
    native().launch(bytes, pass, false, (kind, a, b, c, d, text) => {
      if (kind === LAUNCH_EVENT.Failed) resolve({ step: a, errno: b, detail: c, status: d, text })
      else if (kind === LAUNCH_EVENT.Exited) resolve(undefined)
    })
  })
}

export function errorOfSteps(failure: Failure, steps: readonly PlanStep[]): ReturnType<typeof errorOf> {
  return errorOf(failure, planOf(steps), NO_COMMAND)
}

function planOf(steps: readonly PlanStep[]): Plan {
  return { steps: [...steps, { op: 'Leave' }], followsParent: true }
}
