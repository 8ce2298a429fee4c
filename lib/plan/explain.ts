import type { SpawnOptions } from '../spawn/options.js'
import { caller } from './caller.js'
import { compile } from './compile.js'
import { describeStep } from './describe.js'
import type { StdioSpec } from './settings.js'
import type { SetupStep } from './steps.js'
import { parseCall, validate } from './validate.js'

export interface ExplainedStep {
  step: SetupStep
  /** The values: paths, maps, names. */
  detail: string
}

/**
 * The steps that `options` become, without running them: for dry runs, logs and tests.
 * Throws what `spawn` would throw; opens nothing.
 */
export function explain(command: string, args?: readonly string[], options?: SpawnOptions): ExplainedStep[]
export function explain(command: string, options?: SpawnOptions): ExplainedStep[]
export function explain(command: string, second?: unknown, third?: unknown): ExplainedStep[] {
  const settings = validate(parseCall(command, second, third))
  const { stdio, fds } = settings.process
  // Pipes and /dev/null have no number before they are opened: -1 stands for "of its own".
  const pairs = [...stdio.map((spec, target) => [target, numberOf(spec)] as const), ...fds]
  const { plan } = compile(settings, pairs, caller())
  return plan.steps
    .flatMap(describeStep)
    .map(({ step, detail }) => ({ step, detail: detail.replaceAll('←-1', '←new') }))
}

function numberOf(spec: StdioSpec): number {
  return typeof spec === 'object' ? spec.fd : -1
}
