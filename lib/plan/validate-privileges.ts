/** The options about what the command may do and use. Pure. */

import { types } from 'node:util'
import { checkSeccompProgram, compileSeccomp } from '../seccomp/api.js'
import type { SeccompTarget } from '../seccomp/index.js'
import type { SpawnOptions } from '../spawn/options.js'
import { CAPABILITIES, capabilityBit, capabilitySet } from '../status/capabilities.js'
import { RLIMITS, rlimitName, UNLIMITED } from '../tables/rlimits.js'
import {
  checkArray,
  checkBoolean,
  checkObject,
  checkText,
  invalidValue,
  rangeError,
  typeError,
} from './check.js'
import { nearest } from './option-names.js'
import type { PrivilegeSettings } from './settings.js'
import type { ResourceLimit } from './steps.js'

export function validatePrivileges(options: SpawnOptions): PrivilegeSettings {
  const capabilities = checkCapabilities(options.capabilities)
  const seccomp = checkSeccomp(options.seccomp)
  return {
    capabilities,
    noNewPrivileges:
      checkBoolean('noNewPrivileges', options.noNewPrivileges) ??
      (capabilities !== undefined || seccomp !== undefined),
    rlimits: checkRlimits(options.rlimits),
    seccomp,
    cgroup: checkCgroup(options.cgroup),
    newKeyring: checkKeyring(options.sessionKeyring),
    auditSession: checkBoolean('auditSession', options.auditSession) ?? false,
  }
}

/** undefined for 'keep', which changes nothing. */
function checkCapabilities(value: unknown): PrivilegeSettings['capabilities'] {
  if (value === undefined || value === 'keep') return undefined
  if (value === 'none') return allSets(0n)
  if (Array.isArray(value)) return allSets(checkSet('capabilities', value))
  if (typeof value !== 'object' || value === null) {
    throw typeError('capabilities', "'keep', 'none', an array of names or an object of five sets", value)
  }
  return checkSets(value)
}

/** Ambient as well: it is what survives execve by a uid other than 0 (capabilities(7)). */
function allSets(mask: bigint): NonNullable<PrivilegeSettings['capabilities']> {
  return { bounding: mask, permitted: mask, effective: mask, inheritable: mask, ambient: mask }
}

function checkSets(value: object): NonNullable<PrivilegeSettings['capabilities']> {
  const given = value as Record<string, unknown>
  const sets = allSets(0n)
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(sets, name))
  if (unknown !== undefined) throw new TypeError(`unknown option 'capabilities.${unknown}'`)
  const of = (name: keyof typeof sets): bigint => checkSet(`capabilities.${name}`, given[name] ?? [])
  const { bounding, permitted, effective, inheritable, ambient } = {
    bounding: of('bounding'),
    permitted: of('permitted'),
    effective: of('effective'),
    inheritable: of('inheritable'),
    ambient: of('ambient'),
  }
  // The kernel's rules, of which it says EPERM without a name.
  requireWithin('effective', effective, 'permitted', permitted)
  requireWithin('ambient', ambient, 'permitted', permitted)
  requireWithin('ambient', ambient, 'inheritable', inheritable)
  return { bounding, permitted, effective, inheritable, ambient }
}

function requireWithin(name: string, set: bigint, other: string, most: bigint): void {
  const beyond = [...capabilitySet(set & ~most)]
  if (beyond.length > 0) {
    throw new TypeError(`capabilities.${name} has ${beyond.join(', ')}, which capabilities.${other} lacks`)
  }
}

function checkSet(option: string, names: unknown): bigint {
  return checkArray(option, names).reduce(
    (mask: bigint, name, index) => mask | checkCapability(`${option}[${index}]`, name),
    0n,
  )
}

function checkCapability(option: string, value: unknown): bigint {
  const name = checkText(option, value)
  const bit = capabilityBit(name)
  if (bit !== undefined) return 1n << BigInt(bit)
  const near = nearest(name.startsWith('CAP_') ? name : `CAP_${name}`, CAPABILITIES)
  const hint = near === undefined ? '' : `; did you mean '${near}'?`
  throw new TypeError(`${option}: unknown capability '${name}'${hint}`)
}

function checkRlimits(value: unknown): readonly ResourceLimit[] {
  if (value === undefined) return []
  const limits = Object.entries(checkObject('rlimits', value)).map(([name, limit]) => checkLimit(name, limit))
  const twice = limits.find(
    ({ resource }, index) => limits[index] !== limits.find((one) => one.resource === resource),
  )
  if (twice !== undefined) throw new TypeError(`rlimits: ${twice.name} is given twice`)
  return limits
}

function checkLimit(given: string, value: unknown): ResourceLimit {
  const name = rlimitName(given)
  if (name === undefined) {
    const names = Object.keys(RLIMITS)
    const near = nearest(
      given.replace(/^RLIMIT_/i, ''),
      names.map((known) => known.slice('RLIMIT_'.length)),
    )
    const hint = near === undefined ? `there are ${names.join(', ')}` : `did you mean 'RLIMIT_${near}'?`
    throw new TypeError(`rlimits.${given}: unknown limit; ${hint}`)
  }
  const option = `rlimits.${given}`
  const { soft, hard } = typeof value === 'number' ? { soft: value, hard: value } : bounds(option, value)
  const limit = { soft: amount(`${option}.soft`, soft), hard: amount(`${option}.hard`, hard) }
  if (limit.soft > limit.hard) throw rangeError(`${option}.soft`, `at most its hard limit, ${hard}`, soft)
  return { name, resource: RLIMITS[name], ...limit }
}

function bounds(option: string, value: unknown): { soft: unknown; hard: unknown } {
  if (typeof value !== 'object' || value === null)
    throw typeError(option, 'a number or { soft, hard }', value)
  const { soft, hard, ...others } = value as Record<string, unknown>
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw new TypeError(`unknown option '${option}.${unknown}'`)
  return { soft, hard }
}

function amount(option: string, value: unknown): bigint {
  if (value === Number.POSITIVE_INFINITY) return UNLIMITED
  if (typeof value !== 'number') throw typeError(option, 'a number', value)
  if (!Number.isSafeInteger(value) || value < 0) {
    throw rangeError(option, `an integer from 0 to ${Number.MAX_SAFE_INTEGER}, or Infinity`, value)
  }
  return BigInt(value)
}

function checkSeccomp(value: unknown): PrivilegeSettings['seccomp'] {
  if (value === undefined) return undefined
  if (types.isUint8Array(value)) {
    checkSeccompProgram(value)
    // Copied: the caller's bytes can change until they are encoded.
    return { program: new Uint8Array(value), flags: 0 }
  }
  const profile = checkObject('seccomp', value)
  // No other is supported: spawn() says so later, in its own words.
  const target: SeccompTarget = process.arch === 'arm64' ? 'arm64' : 'x64'
  try {
    return compileSeccomp(profile, target)
  } catch (error) {
    // Its messages name a place in the profile.
    const Kind = error instanceof RangeError ? RangeError : TypeError
    throw new Kind(`seccomp: ${(error as Error).message}`, { cause: error })
  }
}

function checkCgroup(value: unknown): string | undefined {
  if (value === undefined) return undefined
  const path = checkText('cgroup', value)
  if (path === '') throw invalidValue('cgroup', 'a non-empty string', value)
  return path
}

function checkKeyring(value: unknown): boolean {
  if (value === undefined || value === 'inherit') return false
  if (value === 'new') return true
  throw invalidValue('sessionKeyring', "'inherit' or 'new'", value)
}
