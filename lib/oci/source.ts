/** What every piece of the configuration is made from. */

import type { Caller } from '../plan/caller.js'
import type { ResolvedMaps } from '../plan/maps.js'
import type { Settings } from '../plan/settings.js'
import type { Call } from '../plan/validate.js'
import type { OciSeccomp, OciSeccompArg, OciSeccompSyscall, SeccompValue } from '../seccomp/index.js'
import type { KnownLink } from './link-places.js'
import type { Refusals } from './refusals.js'

export interface Source {
  readonly call: Call
  readonly settings: Settings
  readonly caller: Caller
  /** Of the new user namespace; undefined where none is made. */
  readonly maps: ResolvedMaps | undefined
  readonly refusals: Refusals
  /** In / of the host where that is the root, else none. */
  readonly hostLinks: readonly KnownLink[]
}

/** The profile as it was given, which validate() has compiled; values are numbers in OCI, not strings. */
export function seccompOf({ call, refusals }: Source): OciSeccomp | undefined {
  const { seccomp } = call.options
  if (seccomp === undefined) return undefined
  if (ArrayBuffer.isView(seccomp)) {
    refusals.add('seccomp', 'a compiled program has no OCI form: give the linux.seccomp object instead')
    return undefined
  }
  const profile = present(seccomp as OciSeccomp)
  return profile.syscalls === undefined
    ? profile
    : { ...profile, syscalls: profile.syscalls.map(exactArguments) }
}

function exactArguments(given: OciSeccompSyscall): OciSeccompSyscall {
  const rule = present(given)
  return rule.args === undefined
    ? rule
    : { ...rule, args: rule.args.map((arg) => exactArgument(present(arg))) }
}

function exactArgument(arg: OciSeccompArg): OciSeccompArg {
  const { value, valueTwo } = arg
  return { ...arg, value: integer(value), ...(valueTwo === undefined ? {} : { valueTwo: integer(valueTwo) }) }
}

/** null says nothing to the compiler, and is not valid in OCI. */
function present<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null)) as T
}

function integer(value: SeccompValue): number | bigint {
  const exact = BigInt(value)
  return exact > BigInt(Number.MAX_SAFE_INTEGER) ? exact : Number(exact)
}
