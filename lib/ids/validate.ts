/** The kernel's rules for an id map (map_write() in kernel/user_namespace.c), checked before it sees one. */

import { endOf } from './ranges.js'
import {
  describe,
  type IdMapping,
  type IdRange,
  INVALID_ID,
  isUint32,
  MAX_EXTENTS,
  MAX_MAP_BYTES,
  notUint32,
} from './types.js'

export interface Rules {
  /** One write(2)'s worth of text. */
  readonly textLimit: boolean
  /** Whether a hostID may be 4294967295, which the kernel prints for ids that the reader lacks. */
  readonly unmappable: boolean
  /** Whether host ranges must fit and be apart. */
  readonly hostRanges: boolean
}

/** What the kernel takes. */
export const WRITABLE: Rules = { textLimit: true, unmappable: false, hostRanges: true }
/** What it takes, and what it shows as unmappable. */
export const READABLE: Rules = { textLimit: false, unmappable: true, hostRanges: true }
/**
 * Whatever it prints: only an extent's first id is translated for the reader, so
 * that seen from a sibling namespace the lengths can lie and host ranges collide.
 */
export const AS_PRINTED: Rules = { textLimit: false, unmappable: true, hostRanges: false }

/** Makes the error that names an entry by its place. */
type Blame = (index: number, reason: string) => Error

/** Mappings that need no further check. What IdMap is made from. */
export class CheckedMappings implements Iterable<IdMapping> {
  readonly list: readonly IdMapping[]

  constructor(list: IdMapping[]) {
    for (const mapping of list) Object.freeze(mapping)
    this.list = Object.freeze(list)
  }

  [Symbol.iterator](): Iterator<IdMapping> {
    return this.list[Symbol.iterator]()
  }
}

/** Copies and checks what a caller gave. Errors name the entry by its index. */
export function checkMappings(mappings: Iterable<IdMapping>): CheckedMappings {
  if (mappings === null || typeof mappings !== 'object' || typeof mappings[Symbol.iterator] !== 'function') {
    throw new TypeError(
      `mappings must be an iterable of { containerID, hostID, size }, not ${describe(mappings)}`,
    )
  }
  const copies: IdMapping[] = []
  for (const mapping of mappings) {
    const index = copies.length
    if (index === MAX_EXTENTS) throw new RangeError(`mappings[${index}]: ${TOO_MANY}`)
    copies.push(copyMapping(mapping, `mappings[${index}]`))
  }
  checkExtents(copies, WRITABLE, (index, reason) => {
    return new RangeError(`mappings[${index}] (${specOf(copies[index]!)}): ${reason}`)
  })
  return new CheckedMappings(copies)
}

export function specOf({ containerID, hostID, size }: IdMapping): string {
  return `${containerID}:${hostID}:${size}`
}

/** The numbers' types and widths, without the kernel's rules. */
export function copyMapping(mapping: IdMapping, name: string): IdMapping {
  if (typeof mapping !== 'object' || mapping === null) {
    throw new TypeError(`${name} must be { containerID, hostID, size }, not ${describe(mapping)}`)
  }
  const { containerID, hostID, size } = mapping
  for (const [key, value] of Object.entries({ containerID, hostID, size })) {
    if (value === undefined) throw missing(`${name}.${key}`, mapping)
    if (typeof value !== 'number' || !isUint32(value)) throw notUint32(`${name}.${key}`, value)
  }
  return { containerID, hostID, size }
}

/** With what the entry has instead: containerId, and other people's words. */
function missing(place: string, mapping: object): TypeError {
  const others = Object.keys(mapping).filter((key) => !KEYS.includes(key))
  const instead =
    others.length === 0 ? '' : `; { containerID, hostID, size } is expected, not '${others.join("', '")}'`
  return new TypeError(`${place} must be a number, not undefined${instead}`)
}

const KEYS = ['containerID', 'hostID', 'size']

/** The kernel's rules on entries that are 32-bit integers. Throws what `blame` makes of the first offence. */
export function checkExtents(extents: readonly IdMapping[], rules: Rules, blame: Blame): void {
  if (extents.length > MAX_EXTENTS) throw blame(MAX_EXTENTS, TOO_MANY)
  extents.forEach((extent, index) => {
    const reason = extentFault(extent, rules)
    if (reason !== undefined) throw blame(index, reason)
  })
  checkOverlap(extents, 'container', containerRange, blame)
  if (rules.hostRanges) checkOverlap(extents, 'host', hostRange, blame)
  if (rules.textLimit) checkTextLimit(extents, blame)
}

const TOO_MANY = `a map has at most ${MAX_EXTENTS} entries`

function extentFault({ containerID, hostID, size }: IdMapping, rules: Rules): string | undefined {
  if (size === 0) return 'size must be 1 or more'
  if (containerID === INVALID_ID) return `containerID ${INVALID_ID} is never an id`
  if (containerID + size > INVALID_ID) return `container ids pass ${INVALID_ID - 1}, the largest there is`
  if (hostID === INVALID_ID) return rules.unmappable ? undefined : `hostID ${INVALID_ID} is never an id`
  if (rules.hostRanges && hostID + size > INVALID_ID)
    return `host ids pass ${INVALID_ID - 1}, the largest there is`
  return undefined
}

function containerRange({ containerID, size }: IdMapping): IdRange {
  return { start: containerID, size }
}

/** What is not mapped has no place: two such entries share no id. */
function hostRange({ hostID, size }: IdMapping): IdRange {
  return { start: hostID, size: hostID === INVALID_ID ? 0 : size }
}

function checkOverlap(
  extents: readonly IdMapping[],
  side: string,
  rangeOf: (extent: IdMapping) => IdRange,
  blame: Blame,
): void {
  const ranges = extents.map(rangeOf)
  const order = [...ranges.keys()].filter((index) => ranges[index]!.size > 0)
  order.sort((a, b) => ranges[a]!.start - ranges[b]!.start)
  for (let i = 1; i < order.length; i++) {
    const [before, after] = [order[i - 1]!, order[i]!]
    if (endOf(ranges[before]!) <= ranges[after]!.start) continue
    const first = extents[Math.min(before, after)]!
    throw blame(Math.max(before, after), `${side} ids overlap those of ${specOf(first)}`)
  }
}

function checkTextLimit(extents: readonly IdMapping[], blame: Blame): void {
  let bytes = 0
  extents.forEach((extent, index) => {
    // The spec is as long as the line without its newline.
    bytes += specOf(extent).length + 1
    if (bytes > MAX_MAP_BYTES) {
      throw blame(
        index,
        `the map's text passes here ${MAX_MAP_BYTES} bytes, which is all that one write may have`,
      )
    }
  })
}
