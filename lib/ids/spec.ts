/** "container:host:size", as podman's --uidmap takes it and newuidmap in three words. */

import { ParseError } from '../errors/parse-error.js'
import { describe, type IdMapping } from './types.js'

const SPEC = /^([0-9]+):([0-9]+):([0-9]+)$/

/**
 * Several specs: an array, or one string with commas between them. The `line` of
 * a ParseError is the spec's number, from 1. Values are left to the map's rules.
 */
export function parseSpecs(spec: string | readonly string[]): IdMapping[] {
  const specs: readonly string[] = typeof spec === 'string' ? spec.split(',') : spec
  if (!Array.isArray(specs)) throw new TypeError(`a spec must be a string or an array, not ${describe(spec)}`)
  return specs.map((entry, index) => {
    if (typeof entry !== 'string')
      throw new TypeError(`spec[${index}] must be a string, not ${describe(entry)}`)
    const match = SPEC.exec(entry)
    if (match === null) {
      throw new ParseError(
        `expected "container:host:size", found ${JSON.stringify(entry)}`,
        'id map spec',
        index + 1,
      )
    }
    const [containerID, hostID, size] = match.slice(1).map(Number) as [number, number, number]
    return { containerID, hostID, size }
  })
}
