/** The public functions. What they do is a part of its own, loaded when first used. */

import type { SpawnOptions } from '../spawn/options.js'
import type { FromOciOptions, OciCall } from './from-spec.js'
import type { OciSpec } from './types.js'

const part = (): typeof import('./part.js') => require('./part.js')

/**
 * The config.json of an OCI bundle (runtime-spec) with the isolation that `spawn` would give: what this caller's ids,
 * environment and working directory stand for is resolved now. Opens and starts nothing. `formatOciSpec` makes text of it.
 *
 * The bundle needs an empty directory, `rootfs`, where `root` is 'host' or 'empty'. What an option about the caller's
 * handle says (stdio, signal, timeout, killSignal, detached, dieWithParent) is left out, and the command is pid 1 where
 * `init` would be.
 *
 * @throws what `spawn` throws for a wrong option, and an OciRefusalError (a TypeError) that names all options which have
 * no OCI form.
 */
export function toOciSpec(command: string, args?: readonly string[], options?: SpawnOptions): OciSpec
export function toOciSpec(command: string, options?: SpawnOptions): OciSpec
export function toOciSpec(command: string, second?: unknown, third?: unknown): OciSpec {
  return part().toOciSpec(command, second, third)
}

/** The text of config.json. JSON.stringify takes no bigint, which limits without bound and 64-bit values are. */
export function formatOciSpec(spec: OciSpec): string {
  return part().formatOciSpec(spec)
}

/**
 * The call of `spawn` that gives what an OCI runtime would make of that configuration. Starts nothing; opens namespaces
 * that are to be joined by paths other than /proc/PID/ns.
 *
 * @throws OciRefusalError, a TypeError that names every part which nskit cannot keep, unless `ignore` lists it.
 */
export function fromOciSpec(spec: unknown, options?: FromOciOptions): OciCall {
  return part().fromOciSpec(spec, options)
}
