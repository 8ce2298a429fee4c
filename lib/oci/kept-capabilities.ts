/** process.capabilities. A runtime takes all that are not listed, so that 'keep' has to say what there is to keep. */

import { readFileSync } from 'node:fs'
import { joinsUser } from '../plan/joins.js'
import { CAPABILITIES, type CapabilityName, capabilitySet } from '../status/capabilities.js'
import { readStatus } from '../status/index.js'
import type { Source } from './source.js'
import type { OciCapabilities } from './types.js'

export function capabilitiesOf(source: Source, uid: number): OciCapabilities {
  const { capabilities } = source.settings.privileges
  if (capabilities === undefined) return kept(source, uid)
  const names = (mask: bigint): string[] => [...capabilitySet(mask)]
  return {
    bounding: names(capabilities.bounding),
    effective: names(capabilities.effective),
    permitted: names(capabilities.permitted),
    inheritable: names(capabilities.inheritable),
    ambient: names(capabilities.ambient),
  }
}

/** What execve(2) leaves of what the command begins with (capabilities(7), transformation during execve). */
function kept(source: Source, uid: number): OciCapabilities {
  const { bounding, permitted, inheritable, ambient } = before(source)
  const leavesRoot = source.caller.uid === 0 && uid !== 0
  const survives = leavesRoot ? [] : [...ambient]
  const gained = [...new Set([...inheritable, ...bounding])]
  const { noNewPrivileges } = source.settings.privileges
  const ofRoot = noNewPrivileges ? gained.filter((name) => permitted.has(name)) : gained
  const allowed = uid === 0 ? ofRoot : survives
  return {
    bounding: [...bounding],
    effective: [...allowed],
    permitted: [...allowed],
    inheritable: [...inheritable],
    ambient: survives,
  }
}

interface Before {
  readonly bounding: ReadonlySet<string>
  readonly permitted: ReadonlySet<string>
  readonly inheritable: ReadonlySet<string>
  readonly ambient: ReadonlySet<string>
}

/** By the names that there are: runtimes know no CAP_41. */
function named(capabilities: ReadonlySet<CapabilityName>): ReadonlySet<CapabilityName> {
  const known: readonly string[] = CAPABILITIES
  return new Set([...capabilities].filter((name) => known.includes(name)))
}

/** Creating or entering a user namespace fills these sets, or empties them (user_namespaces(7)). */
function before({ settings }: Source): Before {
  const { unshare, join } = settings.namespaces
  if (!unshare.has('user') && !join.some(joinsUser)) return own()
  const all = allCapabilities()
  return { bounding: all, permitted: all, inheritable: new Set(), ambient: new Set() }
}

function own(): Before {
  const { bounding, permitted, inheritable, ambient } = readStatus('self').capabilities
  return {
    bounding: named(bounding),
    permitted: named(permitted),
    inheritable: named(inheritable),
    ambient: named(ambient),
  }
}

function allCapabilities(): ReadonlySet<CapabilityName> {
  let last = CAPABILITIES.length - 1
  try {
    last = Math.min(last, Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'latin1')))
  } catch {
    // Where /proc/sys is hidden: those that are known here.
  }
  return capabilitySet((1n << BigInt(last + 1)) - 1n)
}
