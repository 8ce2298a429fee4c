/** The security modules, and what they make of the caller. */

import { derive, type Fact, factOf, isKnown, known } from './fact.js'
import { integerOf, textOf } from './kernel.js'
import type { FactSource } from './source.js'

export interface Label {
  /** AppArmor's profile, SELinux's type. */
  readonly name: string
  /** AppArmor's mode in parentheses: enforce, complain, kill, prompt, unconfined, mixed. */
  readonly mode: string | undefined
  readonly module: 'apparmor' | 'selinux' | 'none'
}

export interface LsmFacts {
  readonly active: Fact<readonly string[]>
  readonly label: Fact<Label>
  readonly apparmorEnabled: Fact<boolean>
  /** Whether this kernel's AppArmor mediates user namespaces at all (upstream since 6.7). */
  readonly apparmorMediatesUserns: Fact<boolean>
  /** Ubuntu's: unconfined programs without privilege lose their capabilities in a new user namespace. */
  readonly restrictUserns: Fact<number>
  /** Upstream's, about aa_change_profile(2): no cause of a denied namespace, but worth showing. */
  readonly restrictUnconfined: Fact<number>
  /** Feature sets that apparmor_parser can be asked for: 3.0, 4.0, … */
  readonly apparmorAbis: Fact<readonly string[]>
  /** Profiles that the distribution has ready, but not in force. */
  readonly apparmorExtras: Fact<readonly string[]>
  readonly selinuxEnforcing: Fact<boolean>
}

export const EXTRA_PROFILES = '/usr/share/apparmor/extra-profiles'

const SECURITYFS = '/sys/kernel/security'

export function readLsmFacts(source: FactSource): LsmFacts {
  const enabled = '/sys/module/apparmor/parameters/enabled'
  const mask = `${SECURITYFS}/apparmor/features/namespaces/mask`
  const abis = '/etc/apparmor.d/abi'
  return {
    active: factOf(
      `${SECURITYFS}/lsm`,
      () => source.text(`${SECURITYFS}/lsm`),
      (text) => text.trim().split(','),
    ),
    label: readLabel(source),
    apparmorEnabled: factOf(
      enabled,
      () => source.text(enabled),
      (text) => text.trim() === 'Y',
    ),
    apparmorMediatesUserns: factOf(
      mask,
      () => source.text(mask),
      (text) => text.includes('userns_create'),
    ),
    restrictUserns: integerOf(source, '/proc/sys/kernel/apparmor_restrict_unprivileged_userns'),
    restrictUnconfined: integerOf(source, '/proc/sys/kernel/apparmor_restrict_unprivileged_unconfined'),
    apparmorAbis: factOf(
      abis,
      () => source.names(abis).join(' '),
      (text) => text.split(' ').filter((name) => /^[0-9]+\.[0-9]+$/.test(name)),
    ),
    apparmorExtras: factOf(
      EXTRA_PROFILES,
      () => source.names(EXTRA_PROFILES).join('/'),
      (text) => text.split('/'),
    ),
    selinuxEnforcing: factOf(
      '/sys/fs/selinux/enforce',
      () => source.text('/sys/fs/selinux/enforce'),
      (text) => text.trim() === '1',
    ),
  }
}

/** AppArmor's own file (5.8) first: attr/current belongs to whichever module comes first. */
function readLabel(source: FactSource): Fact<Label> {
  const own = textOf(source, '/proc/self/attr/apparmor/current')
  if (isKnown(own) && own.value !== '') return labelOf(own)
  const current = textOf(source, '/proc/self/attr/current')
  // EINVAL is how the kernel says that no module has labels.
  if (!isKnown(current) && current.unreadable === 'EINVAL') {
    return known(current.source, { name: '', mode: undefined, module: 'none' }, 'no label')
  }
  return labelOf(current)
}

function labelOf(fact: Fact<string>): Fact<Label> {
  return derive(fact, fact.source, (raw) => {
    // SELinux ends its context in NUL.
    const text = raw.replace(/\0+$/, '').trim()
    return text === '' ? undefined : { value: parseLabel(text), text }
  })
}

export function parseLabel(text: string): Label {
  const context = /^[^\s:()]+:[^\s:()]+:([^\s:()]+)(?::\S*)?$/.exec(text)
  if (context !== null) return { name: context[1]!, mode: undefined, module: 'selinux' }
  const profile = /^(.*?) \(([a-z]+)\)$/.exec(text)
  if (profile !== null) return { name: profile[1]!, mode: profile[2]!, module: 'apparmor' }
  return { name: text, mode: text === 'unconfined' ? 'unconfined' : undefined, module: 'apparmor' }
}
