/** diagnose(): all the answers that a doctor needs, in one report. */

import type { IdRange } from '../ids/index.js'
import { checkArray, checkObject } from '../plan/check.js'
import { checkNames } from '../plan/option-names.js'
import { NAMESPACE_TYPES, type NamespaceType } from '../tables/namespaces.js'
import { askHost } from './ask-host.js'
import type { HelperState } from './facts/subids.js'
import { type Fact, type HostFacts, isKnown, valueIn } from './facts.js'
import { probeWith } from './probe.js'
import { probeProgramWith } from './probe-program.js'
import { checkTimeout } from './settings.js'
import type { DiagnoseOptions, HostReport, ProbeOptions, ProbeResult } from './types.js'

const OPTIONS: ReadonlySet<string> = new Set(['programs', 'timeout'])

export async function diagnose(options: DiagnoseOptions = {}): Promise<HostReport> {
  checkNames(checkObject('options', options), OPTIONS)
  const programs = checkArray('programs', options.programs ?? []) as ReadonlyArray<readonly string[]>
  const timeout = checkTimeout(options.timeout)
  const facts = once(askHost)
  const results: ProbeResult[] = []
  // One after the other: side by side they would take each other's share of the limits.
  for (const asked of questions(timeout)) results.push(await probeWith(asked, facts))
  for (const command of programs) results.push(await probeProgramWith(command, { timeout }, facts))
  return { ...describeHost(facts()), results }
}

function questions(timeout: number): ProbeOptions[] {
  const others = NAMESPACE_TYPES.filter((type) => type !== 'user')
  return [
    { namespaces: ['user'], timeout },
    ...others.map((type): ProbeOptions => ({ namespaces: ['user', type], timeout })),
    ...others.map((type): ProbeOptions => ({ namespaces: [type], timeout })),
    { namespaces: NAMESPACE_TYPES, timeout },
    { namespaces: ['user'], uidMap: 'subids', gidMap: 'subids', timeout },
  ]
}

function describeHost(facts: HostFacts): Omit<HostReport, 'results'> {
  const { kernel, lsm, process, subids } = facts
  const label = valueIn(lsm.label)
  return {
    kernel: valueIn(kernel.release) ?? 'unknown',
    lsm: [...(valueIn(lsm.active) ?? [])],
    confinement:
      label === undefined || label.module === 'none'
        ? undefined
        : isKnown(lsm.label)
          ? lsm.label.text
          : undefined,
    limits: Object.fromEntries(
      NAMESPACE_TYPES.flatMap((type): Array<[NamespaceType, number]> => {
        const limit = valueIn(kernel.limits[type])
        return limit === undefined ? [] : [[type, limit]]
      }),
    ),
    subids: { uid: rangesIn(subids.uid), gid: rangesIn(subids.gid) },
    helpers: { ...helper('newuidmap', subids.newuidmap), ...helper('newgidmap', subids.newgidmap) },
    noNewPrivs: valueIn(process.noNewPrivs) ?? false,
    seccomp: isKnown(process.seccomp) ? process.seccomp.text : 'unknown',
    nestingDepth: valueIn(process.nestingDepth),
  }
}

function rangesIn(fact: Fact<readonly IdRange[]>): IdRange[] {
  return [...(valueIn(fact) ?? [])]
}

function helper(name: 'newuidmap' | 'newgidmap', fact: Fact<HelperState>): HostReport['helpers'] {
  const state = valueIn(fact)
  return state === undefined ? {} : { [name]: state.path }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
