/** AppArmor: a right for one program's path, or for the one profile that it runs under. */

import { basename } from 'node:path'
import { EXTRA_PROFILES } from '../facts/lsm.js'
import { type HostFacts, valueIn } from '../facts.js'
import { isConfined, isOwnIdMap } from '../rules/policies.js'
import { LOOPBACK } from '../step-families.js'
import type { FailedStep, Remedy } from '../types.js'
import { isIn, programOf, quote, slug } from './remedy.js'

export function apparmorRemedies(failed: FailedStep, facts: HostFacts): Remedy[] {
  const label = valueIn(facts.lsm.label)
  const profile = isConfined(facts) === true && failed.program === undefined ? label?.name : undefined
  const remedies =
    profile === undefined
      ? [...readyProfile(failed, facts), newProfile(failed, facts)]
      : [profileAddition(profile, failed, facts), ...engineProfile(profile, facts)]
  return valueIn(facts.lsm.restrictUserns) ? [...remedies, liftRestriction()] : remedies
}

/**
 * `userns,` is a rule since ABI 4.0; under an older one the parser does not know it and the kernel does not
 * ask.
 */
function abiOf({ lsm }: HostFacts): string {
  const abis = (valueIn(lsm.apparmorAbis) ?? []).filter((abi) => Number.parseFloat(abi) >= 4)
  return abis.sort((a, b) => Number.parseFloat(a) - Number.parseFloat(b)).at(-1) ?? '4.0'
}

const BWRAP_PROFILE = 'bwrap-userns-restrict'

/** Ubuntu's: bwrap may have user namespaces, and what it runs has no capabilities in them. */
function readyProfile(failed: FailedStep, { lsm, ...facts }: HostFacts): Remedy[] {
  const program = failed.program ?? facts.program
  if (program !== '/usr/bin/bwrap' || !valueIn(lsm.apparmorExtras)?.includes(BWRAP_PROFILE)) return []
  const path = `/etc/apparmor.d/${BWRAP_PROFILE}`
  return [
    {
      scope: 'process',
      title: `Put the distribution's own AppArmor profile for ${program} in force`,
      commands: [`install -m 644 ${EXTRA_PROFILES}/${BWRAP_PROFILE} ${path}`, `apparmor_parser -r ${path}`],
      tradeoff: 'What bwrap runs cannot make user namespaces or use capabilities of its own',
    },
  ]
}

/** Folders that others than root may write. */
const HOMES = /^\/(home|tmp|var\/tmp)\//

/** As Ubuntu's own for Chrome and others: the program is as free as before, and may have user namespaces. */
function newProfile(failed: FailedStep, facts: HostFacts): Remedy {
  const program = programOf(failed, facts)
  const path = `/etc/apparmor.d/${slug(program)}`
  const shared = /^(node|nodejs|bun|deno|python.*|electron)$/.test(basename(program))
  return {
    scope: 'process',
    title: `Let ${program} create user namespaces, by an AppArmor profile for its path`,
    commands: [`apparmor_parser -r ${quote(path)}`],
    file: { path, content: profileText(program, abiOf(facts)) },
    tradeoff: shared
      ? `Holds for every script that ${program} runs; a copy of it under a path of its own narrows that`
      : `Holds for whoever runs ${program}${HOMES.test(program) ? ', and for whatever its owner puts in its place' : ''}`,
  }
}

function profileText(program: string, abi: string): string {
  return `abi <abi/${abi}>,
include <tunables/global>

profile ${slug(program)} ${attachment(program)} flags=(unconfined) {
  userns,

  include if exists <local/${slug(program)}>
}
`
}

/**
 * In a profile's head these are patterns, in which much ends a path that has no quotes ('!' for one). The escapes
 * are the same in both.
 */
function attachment(program: string): string {
  if (/^[\w/.+-]+$/.test(program)) return program
  const escaped = program
    .replace(/[*?[\]{}^\\"]/g, '\\$&')
    .replace(/\p{Cc}/gu, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)
  return `"${escaped}"`
}

/** The rest of the profile stays as it is. */
function profileAddition(profile: string, failed: FailedStep, facts: HostFacts): Remedy {
  const name = profile.split('//')[0] ?? profile
  if (failed.step === 'launch' || failed.step === 'exec') return attachDisconnected(name)
  const file = `/etc/apparmor.d/local/${slug(name)}`
  const rules = rulesFor(failed, facts)
  return {
    scope: 'process',
    title: `Add to the AppArmor profile ${name}: ${rules.join(' ')}`,
    commands: [`apparmor_parser -r ${quote(`/etc/apparmor.d/${slug(name)}`)}`],
    file: { path: file, content: rules.map((rule) => `${rule}\n`).join('') },
    tradeoff: `Holds for all that runs under ${name}. The profile must end in "include if exists <local/${slug(name)}>"; where it does not, put the rules into it${
      failed.code === 'EACCES' && failed.step.startsWith('write-')
        ? '. Where paths are the matter (bind mounts, chroot), it needs flags=(attach_disconnected) as well'
        : ''
    }`,
  }
}

/**
 * What is executed from a memfd has no path in the mount namespace, and a profile without the flag refuses
 * it.
 */
function attachDisconnected(name: string): Remedy {
  return {
    scope: 'process',
    title: `Add flags=(attach_disconnected) to the head of the AppArmor profile ${name}, then load it anew`,
    commands: [`apparmor_parser -r ${quote(`/etc/apparmor.d/${slug(name)}`)}`],
    tradeoff: 'Paths that lead out of the mount namespace are then matched as if they began at /',
  }
}

/** The next steps meet the same profile: what they need stands with it, and no more. */
function rulesFor(failed: FailedStep, facts: HostFacts): string[] {
  const { step, code, namespaces } = failed
  if (step === 'launch' || step === 'exec')
    return ['# flags=(attach_disconnected) in the head of the profile']
  if (LOOPBACK.test(step)) return code === 'EACCES' ? ['network,'] : ['capability net_admin,']
  if (step === 'pivot-root') return ['pivot_root,']
  if (/^(set-propagation|mount-|bind-mount|unmount-)/.test(step)) {
    return code === 'EACCES' ? ['mount,', 'umount,'] : ['capability sys_admin,']
  }
  const capabilities = ['capability sys_admin,']
  // Setuid helpers run under the profile too, and open the map of a process that is not theirs.
  if (failed.mapper) capabilities.push('capability dac_override,')
  if (!isOwnIdMap(failed, facts)) capabilities.push('capability setuid,', 'capability setgid,')
  if (namespaces.includes('net')) capabilities.push('capability net_admin,')
  if (step === 'create-user') return code === 'EACCES' ? ['userns,'] : ['userns,', ...capabilities]
  return capabilities
}

/** docker-default and its kin are made by the engine: no file of theirs is to be edited. */
function engineProfile(profile: string, facts: HostFacts): Remedy[] {
  if (!/^(docker-default|containers-default|cri-containerd)/.test(profile)) return []
  const tradeoff = 'Holds for the containers that are started so; keep the rest of the default profile in it'
  if (isIn(facts, 'kubernetes')) {
    return [
      {
        scope: 'service',
        title:
          'Give the pod an AppArmor profile of its own: the default one with userns, mount and pivot_root',
        commands: ['kubectl explain pod.spec.securityContext.appArmorProfile'],
        tradeoff,
      },
    ]
  }
  const engine = isIn(facts, 'podman') ? 'podman' : 'docker'
  return [
    {
      scope: 'service',
      title:
        'Start the container under an AppArmor profile of its own: the default one with userns, mount and pivot_root',
      commands: [`${engine} run --security-opt apparmor=PROFILE IMAGE`],
      tradeoff,
    },
  ]
}

function liftRestriction(): Remedy {
  const name = 'kernel.apparmor_restrict_unprivileged_userns'
  return {
    scope: 'host',
    title: 'Lift the restriction for all programs',
    commands: [`sysctl -w ${name}=0`],
    file: { path: '/etc/sysctl.d/60-apparmor-userns.conf', content: `${name} = 0\n` },
    tradeoff:
      'Every program of every user can then reach kernel code that only root could before: what the restriction is there to prevent',
  }
}
