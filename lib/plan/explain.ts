import type { SpawnOptions } from '../spawn/options.js'
import { caller } from './caller.js'
import { compile } from './compile.js'
import { describeStep, UNOPENED } from './describe.js'
import { NULL_SOURCE } from './format.js'
import type { StdioSpec } from './settings.js'
import type { SetupStep } from './steps.js'
import { parseCall, validate } from './validate.js'

/** One step of a start. */
export interface ExplainedStep {
  /** As a SetupError would name it. */
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
  const pairs = [...stdio.map((spec, target) => [target, numberOf(spec)] as const), ...fds]
  const { plan } = compile(settings, pairs, caller())
  return plan.steps.flatMap(describeStep).map(({ step, detail }) => ({ step, detail }))
}

function numberOf(spec: StdioSpec): number {
  if (typeof spec === 'object') return spec.fd
  return spec === 'ignore' ? NULL_SOURCE : UNOPENED
}
