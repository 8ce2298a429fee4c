/** What the tables of remedies share. */

import { type ContainerKind, SYSTEM_UNITS, type Unit } from '../facts/environment.js'
import { type HostFacts, valueIn } from '../facts.js'
import type { DenialCause, FailedStep, Remedy } from '../types.js'

export type RemediesOf = (failed: FailedStep, facts: HostFacts, cause: DenialCause) => Remedy[]

/** The program whose right is missing: AppArmor and setuid bits go by path. */
export function programOf(failed: FailedStep, facts: HostFacts): string {
  return failed.program ?? facts.program
}

export function isIn(facts: HostFacts, ...kinds: ContainerKind[]): boolean {
  return facts.environment.containers.some((fact) => kinds.includes(valueIn(fact) as ContainerKind))
}

/** A file name for a path or a profile. Those that begin with a dot are passed over by what loads them at boot. */
export function slug(path: string): string {
  return path.replace(/^[/.]+/, '').replace(/[^A-Za-z0-9._-]+/g, '.')
}

/** One word of a shell. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** A sysctl that holds now and after the next boot. */
export function sysctlRemedy(name: string, value: number, title: string, tradeoff: string): Remedy {
  return {
    scope: 'host',
    title,
    commands: [`sysctl -w ${name}=${value}`],
    file: { path: `/etc/sysctl.d/60-${slug(name)}.conf`, content: `${name} = ${value}\n` },
    tradeoff,
  }
}

/** A drop-in for the unit that this process runs in. */
export function unitRemedy(
  { name, folder }: Unit,
  title: string,
  lines: readonly string[],
  tradeoff: string,
): Remedy {
  const systemctl = folder === SYSTEM_UNITS ? 'systemctl' : 'systemctl --user'
  return {
    scope: 'service',
    title,
    commands: [`${systemctl} daemon-reload`, `${systemctl} restart ${quote(name)}`],
    file: {
      path: `${folder}/${name}.d/60-namespaces.conf`,
      content: `[Service]\n${lines.join('\n')}\n`,
    },
    tradeoff,
  }
}
