/** Sysctls: Debian's switch, and the limits of each type. */

import { NAMESPACE_TYPES } from '../../tables/namespaces.js'
import { type HostFacts, valueIn } from '../facts.js'
import { limitedType } from '../rules/limited-type.js'
import type { FailedStep, Remedy } from '../types.js'
import { isIn, sysctlRemedy } from './remedy.js'

export function sysctlUsernsRemedies(): Remedy[] {
  return [
    sysctlRemedy(
      'kernel.unprivileged_userns_clone',
      1,
      'Let unprivileged users create user namespaces',
      'Every program of every user can then reach kernel code that only root could before',
    ),
  ]
}

export function limitRemedies(failed: FailedStep, facts: HostFacts): Remedy[] {
  const type = limitedType(failed, facts)
  const limit = valueIn(facts.kernel.limits[type])
  const name = `user.max_${type}_namespaces`
  if (isIn(facts, 'flatpak')) return [outside('Flatpak', 'flatpak-spawn --host COMMAND')]
  const raise = sysctlRemedy(
    name,
    raised(limit ?? 0, facts),
    `Raise the limit on ${type} namespaces`,
    `Programs of every user can create ${type} namespaces, up to this number each`,
  )
  if (limit === 0) return [raise]
  const leftover: Remedy = {
    scope: 'process',
    title: `End what holds ${type} namespaces and is no longer needed`,
    commands: [`lsns --type ${type}`],
    tradeoff: 'The limit counts for each user, on every level above as well',
  }
  return [leftover, raise]
}

/** The kernel's default is one for all types, half of threads-max: what the other types still have. */
function raised(limit: number, { kernel }: HostFacts): number {
  const others = NAMESPACE_TYPES.map((type) => valueIn(kernel.limits[type]) ?? 0)
  const usual = Math.max(...others.filter((value) => value < 2 ** 31 - 1), 0)
  return usual > limit ? usual : Math.max(limit * 2, 15_000)
}

export function nestingRemedies({ step }: FailedStep, facts: HostFacts): Remedy[] {
  if (isIn(facts, 'flatpak')) return [outside('Flatpak', 'flatpak-spawn --host COMMAND')]
  if (step === 'create-pid') {
    return [
      {
        scope: 'process',
        title: 'Start this from a level further out: the kernel allows 32 pid namespaces inside each other',
        commands: ['lsns --type pid --tree'],
      },
    ]
  }
  return [
    {
      scope: 'process',
      title:
        'Start this from a level further out: the kernel allows 33 user namespaces inside each other (a sandbox above that forbids further ones, as bwrap --disable-userns does, answers the same)',
      commands: ['lsns --type user --tree'],
    },
  ]
}

function outside(engine: string, command: string): Remedy {
  return {
    scope: 'process',
    title: `Start it outside of ${engine}, which forbids user namespaces to what it runs`,
    commands: [command],
    tradeoff: 'The command then runs with the rights of the user, not with those of the application',
  }
}
