/** The options of a probe: checked, every default filled in. Pure. */

import { checkArray, checkInteger, checkObject, invalidValue } from '../plan/check.js'
import { checkNames } from '../plan/option-names.js'
import type { NamespaceSettings } from '../plan/settings.js'
import { checkTypes, validateNamespaces } from '../plan/validate-namespaces.js'
import { NAMESPACE_TYPES, type NamespaceType } from '../tables/namespaces.js'
import type { ProbeOptions, ProbeUse } from './types.js'

export const DEFAULT_TIMEOUT = 5000

export interface ProbeSettings {
  /** Each once, in the order in which they are made. */
  readonly namespaces: readonly NamespaceType[]
  readonly settings: NamespaceSettings
  readonly use: ReadonlySet<ProbeUse>
  /** Milliseconds. */
  readonly timeout: number
}

/** What each use needs. */
const USES: Readonly<Record<ProbeUse, readonly NamespaceType[]>> = {
  mount: ['mnt'],
  hostname: ['uts'],
  loopback: ['net'],
  proc: ['pid', 'mnt'],
}
const USE_NAMES = Object.keys(USES) as ProbeUse[]

const OPTIONS: ReadonlySet<string> = new Set(['namespaces', 'uidMap', 'gidMap', 'use', 'timeout'])

/** Throws TypeError or RangeError for a wrong option. */
export function probeSettings(options: ProbeOptions = {}): ProbeSettings {
  checkNames(checkObject('options', options), OPTIONS)
  const asked = new Set(checkTypes('namespaces', options.namespaces ?? ['user']))
  if (asked.size === 0) throw invalidValue('namespaces', 'at least one namespace type', options.namespaces)
  const namespaces = NAMESPACE_TYPES.filter((type) => asked.has(type))
  const { uidMap, gidMap } = options
  return {
    namespaces,
    settings: validateNamespaces({ unshare: namespaces, uidMap, gidMap: gidMap ?? sameFor(uidMap) }, false),
    use: usesOf(options.use, asked),
    timeout: checkTimeout(options.timeout),
  }
}

export function checkTimeout(timeout: unknown): number {
  return timeout === undefined ? DEFAULT_TIMEOUT : checkInteger('timeout', timeout, 1, 2 ** 31 - 1)
}

/** A word means the same for groups; a map of uids says nothing of gids. */
function sameFor(uidMap: ProbeOptions['uidMap']): ProbeOptions['gidMap'] {
  return typeof uidMap === 'string' ? uidMap : undefined
}

function usesOf(use: ProbeOptions['use'], asked: ReadonlySet<NamespaceType>): ReadonlySet<ProbeUse> {
  const missing = (name: ProbeUse): NamespaceType[] => USES[name].filter((type) => !asked.has(type))
  if (use === undefined) return new Set(USE_NAMES.filter((name) => missing(name).length === 0))
  return new Set(
    checkArray('use', use).map((value, index) => {
      const name = USE_NAMES.find((each) => each === value)
      if (name === undefined) {
        throw invalidValue(
          `use[${index}]`,
          `one of ${USE_NAMES.map((each) => `'${each}'`).join(', ')}`,
          value,
        )
      }
      const lacking = missing(name)
      if (lacking.length > 0) {
        throw new TypeError(`use: '${name}' requires ${lacking.map((each) => `'${each}'`).join(' and ')}`)
      }
      return name
    }),
  )
}
