/** What was not asked for, and is denied: a sandbox may want it tomorrow. */

import type { HostReport, ProbeDenial } from '../../probe/index.js'
import type { NamespaceType } from '../../tables/namespaces.js'
import type { Answer } from './report.js'

/** Types of namespace that are refused both with a user namespace and without, for a reason of their own. */
export function deniedBeside(answers: readonly Answer[], host: HostReport): ProbeDenial[] {
  const asked = new Set(answers.flatMap(({ result }) => result.namespaces))
  const granted = new Set(host.results.flatMap(({ ok, namespaces }) => (ok ? single(namespaces) : [])))
  return host.results.filter((result): result is ProbeDenial => {
    const [type] = single(result.namespaces)
    // Where the user namespace is refused, that is the reason for all of them, and was asked for.
    if (result.ok || type === undefined || type !== result.kind) return false
    return result.namespaces.includes('user') && !asked.has(type) && !granted.has(type)
  })
}

/** The type that is tried alone, or with 'user'. */
function single(namespaces: readonly NamespaceType[]): NamespaceType[] {
  const others = namespaces.filter((type) => type !== 'user')
  return others.length === 1 ? others : []
}
