/** probe() and probeSync(): what a sandbox does, done for real in a child, and undone. */

import { LAUNCH_EVENT, native } from '../native/binding.js'
import { caller } from '../plan/caller.js'
import type { Compiled } from '../plan/compile.js'
import { forAddon } from '../spawn/launch.js'
import { askHost } from './ask-host.js'
import { type Attempt, failedStep, foreseen, procMissing, requestedMaps } from './attempt.js'
import { compileProbe } from './compile-probe.js'
import { denialOf, unsupported } from './denial.js'
import type { HostFacts } from './facts.js'
import { reproduce } from './reproduce.js'
import { type ProbeSettings, probeSettings } from './settings.js'
import type { ProbeOptions, ProbeResult } from './types.js'

const SIGKILL = 9

export async function probe(options?: ProbeOptions): Promise<ProbeResult> {
  const settings = probeSettings(options)
  return answer(settings, await attempt(settings))
}

export function probeSync(options?: ProbeOptions): ProbeResult {
  const settings = probeSettings(options)
  return answer(settings, attemptSync(settings))
}

/** For many probes of one host: the facts are read once, and only where something was denied. */
export async function probeWith(options: ProbeOptions, facts: () => HostFacts): Promise<ProbeResult> {
  const settings = probeSettings(options)
  return answer(settings, await attempt(settings), facts)
}

interface Tried {
  readonly failed: Attempt
  readonly durationMs: number
}

function answer(probe: ProbeSettings, { failed, durationMs }: Tried, facts = askHost): ProbeResult {
  const { settings, use } = probe
  const namespaces = [...probe.namespaces]
  const { uidMap, gidMap } = settings
  const command = reproduce({ namespaces, uidMap, gidMap, use: [...use], step: failed?.step })
  if (process.platform !== 'linux') return unsupported(namespaces, command, process.platform)
  if (failed === undefined) return { ok: true, namespaces, command, durationMs }
  return denialOf(failed, facts(), { command, durationMs })
}

/** Throws what is a mistake of ours; what the caller may not do is an answer. */
function compiled(probe: ProbeSettings): Compiled | Attempt {
  const context = { namespaces: probe.namespaces }
  try {
    return compileProbe(probe, caller())
  } catch (error) {
    return procMissing(error, context) ?? foreseen(error, context)
  }
}

const isCompiled = (result: Compiled | Attempt): result is Compiled =>
  result !== undefined && 'plan' in result

function attempt(probe: ProbeSettings): Promise<Tried> {
  if (process.platform !== 'linux') return Promise.resolve({ failed: undefined, durationMs: 0 })
  const elapsed = stopwatch()
  const result = compiled(probe)
  if (!isCompiled(result)) return Promise.resolve({ failed: result, durationMs: elapsed() })
  const { plan, maps } = result
  const context = { namespaces: probe.namespaces, maps: requestedMaps(maps) }
  return new Promise((resolve) => {
    let timedOut = false
    const { bytes, pass } = forAddon(plan)
    const handle = native().launch(bytes, pass, false, (kind, step, errno, detail, status, text) => {
      if (kind !== LAUNCH_EVENT.Failed && kind !== LAUNCH_EVENT.Exited) return
      clearTimeout(timer)
      const failed =
        kind === LAUNCH_EVENT.Failed
          ? failedStep({ step, errno, detail, status, text }, plan, timedOut, context)
          : undefined
      resolve({ failed, durationMs: elapsed() })
    })
    // The answer is the event that follows, once everything is reaped.
    const timer = setTimeout(() => {
      timedOut = true
      handle.destroy()
    }, probe.timeout)
  })
}

function attemptSync(probe: ProbeSettings): Tried {
  if (process.platform !== 'linux') return { failed: undefined, durationMs: 0 }
  const elapsed = stopwatch()
  const result = compiled(probe)
  if (!isCompiled(result)) return { failed: result, durationMs: elapsed() }
  const { plan, maps } = result
  const { bytes, pass } = forAddon(plan)
  const { failed, timedOut } = native().runSync(bytes, pass, false, {
    pipes: [],
    childEnds: new Int32Array(0),
    timeout: probe.timeout,
    killSignal: SIGKILL,
    maxBuffer: 0,
  })
  const context = { namespaces: probe.namespaces, maps: requestedMaps(maps) }
  return {
    failed: failed === null ? undefined : failedStep(failed, plan, timedOut, context),
    durationMs: elapsed(),
  }
}

function stopwatch(): () => number {
  const start = performance.now()
  return () => performance.now() - start
}
