/** IdMap: the facade over checks, search and composition. */

import { types } from 'node:util'
import {
  composeMappings,
  cutToContainer,
  cutToHost,
  hostRanges,
  invertMappings,
  isMappable,
  normalizeMappings,
} from './compose.js'
import { formatMapText, parseMapText } from './parse.js'
import { checkRange, intersectRanges } from './ranges.js'
import { type IdKind, readMapFile } from './read.js'
import { IdIndex, type Translation } from './search.js'
import { parseSpecs } from './spec.js'
import { describe, type IdMapping, type IdRange, INVALID_ID, notUint32 } from './types.js'
import { AS_PRINTED, CheckedMappings, checkMappings, READABLE } from './validate.js'

/**
 * An immutable, validated id map (user_namespaces(7)).
 *
 * Every rule that the kernel enforces on a map is enforced by the constructor, with
 * a RangeError that names the entry: at most 340 entries and 4095 bytes of text,
 * sizes of 1 or more, ids up to 4294967294, no overlap on either side. Maps that
 * were read or computed may hold more than can be written: `toString()` refuses it.
 *
 * A map with no entries is one that nobody has written yet.
 */
export class IdMap implements Iterable<IdMapping> {
  /** All ids, each to itself: what the initial user namespace shows. */
  static readonly identity: IdMap = new IdMap([{ containerID: 0, hostID: 0, size: INVALID_ID }])

  /** Frozen; in the order in which they were given, which is the order of writing. */
  readonly mappings: readonly IdMapping[]
  /** Nobody has written it yet. */
  readonly isEmpty: boolean
  // Each is built at its first use: most maps are asked in one direction, many in none.
  #byContainer: IdIndex | undefined
  #byHost: IdIndex | undefined

  /**
   * @param mappings in the order of writing; they are copied.
   * @throws RangeError or TypeError that names the entry.
   */
  constructor(mappings: Iterable<IdMapping>) {
    const checked = mappings instanceof CheckedMappings ? mappings : checkMappings(mappings)
    this.mappings = checked.list
    this.isEmpty = checked.list.length === 0
    Object.freeze(this)
  }

  /**
   * Kernel text, as /proc/PID/uid_map shows it and as it may be written to it, plus
   * the unmappable host id 4294967295. ParseError names `source` and line.
   * What the numbers mean depends on who opened the file: see `read`.
   */
  static parse(text: string, source = 'id map'): IdMap {
    return new IdMap(parseMapText(text, source, READABLE))
  }

  /**
   * "container:host:size" specs: an array, or a string with commas between them.
   * ParseError for another form, RangeError for numbers that no map may have.
   */
  static fromSpec(spec: string | readonly string[]): IdMap {
    return new IdMap(parseSpecs(spec))
  }

  /**
   * The map of a process's user namespace; empty until it is written.
   *
   * Host ids (the file's second column) are ids of the *reader's* user namespace;
   * where the reader lives in the namespace itself, they are ids of its parent.
   * So from the host a nested container's map already shows host ids: do not
   * compose it with its parent's. 4294967295 stands for ids that the reader's
   * namespace lacks. The kernel translates only the first id of each entry: where
   * the reader is neither in the namespace nor in an ancestor of it, the sizes can
   * be wrong for host ids. `0 0 4294967295` does not prove the initial namespace.
   *
   * Throws as fs does, with `code` 'ENOENT' or 'ESRCH', where there is no such process.
   */
  static read(process: number | 'self', kind: IdKind): IdMap {
    const { text, source } = readMapFile(process, kind)
    return new IdMap(parseMapText(text, source, AS_PRINTED))
  }

  /**
   * The id outside. undefined where it is not mapped; never the overflow id, never the input.
   *
   * @throws TypeError for what is no number, RangeError for what is no integer of 32 bits.
   */
  toHost(containerID: number): number | undefined {
    if (containerID >>> 0 !== containerID) throw notUint32('containerID', containerID)
    const found = this.#containerIndex().translate(containerID)
    return found < 0 ? undefined : found
  }

  /**
   * The id inside. undefined where it is not mapped; never the overflow id, never the input.
   *
   * @throws TypeError for what is no number, RangeError for what is no integer of 32 bits.
   */
  toContainer(hostID: number): number | undefined {
    if (hostID >>> 0 !== hostID) throw notUint32('hostID', hostID)
    const found = this.#hostIndex().translate(hostID)
    return found < 0 ? undefined : found
  }

  /** The mapped pieces of a range of container ids, in their order. */
  rangeToHost(range: IdRange): IdMapping[] {
    return cutToContainer(this.mappings, checkRange(range))
  }

  /** The mapped pieces of a range of host ids, in their order. */
  rangeToContainer(range: IdRange): IdMapping[] {
    return cutToHost(this.mappings, checkRange(range))
  }

  /** All of `ids` at once, into a new array; what is not mapped becomes `unmapped`. Default: 4294967295. */
  mapToHost(ids: Uint32Array, unmapped = INVALID_ID): Uint32Array {
    return this.#containerIndex().translateAll(...bulk(ids, unmapped))
  }

  /** All of `ids` at once, into a new array; what is not mapped becomes `unmapped`. Default: 4294967295. */
  mapToContainer(ids: Uint32Array, unmapped = INVALID_ID): Uint32Array {
    return this.#hostIndex().translateAll(...bulk(ids, unmapped))
  }

  /**
   * This map takes inner ids to middle ones, `outer` middle ids to the host's; the
   * result inner ids to the host's. For maps from configuration, or each read from
   * inside: maps that the host read are in host ids already.
   */
  compose(outer: IdMap): IdMap {
    return new IdMap(new CheckedMappings(composeMappings(this.mappings, checkMap(outer).mappings)))
  }

  /** Host and container exchanged. Unmappable entries have no other side and drop out. */
  invert(): IdMap {
    return new IdMap(new CheckedMappings(invertMappings(this.mappings)))
  }

  /** Host ids that both maps give out, as the fewest ranges, in order. */
  sharedHostRanges(other: IdMap): IdRange[] {
    return intersectRanges(hostRanges(this.mappings), hostRanges(checkMap(other).mappings))
  }

  /** Whether both translate every id alike, however it is cut into entries and in whatever order. */
  equals(other: IdMap): boolean {
    const [a, b] = [normalizeMappings(this.mappings), normalizeMappings(checkMap(other).mappings)]
    return (
      a.length === b.length &&
      a.every((x, i) => {
        const y = b[i]!
        return x.containerID === y.containerID && x.hostID === y.hostID && x.size === y.size
      })
    )
  }

  /**
   * One write(2)'s worth of kernel text; empty for an empty map, which cannot be written.
   * RangeError where the kernel would refuse it: unmappable entries, or too many of them.
   */
  toString(): string {
    return formatMapText(this.mappings)
  }

  /** A copy of `mappings`: linux.uidMappings of an OCI configuration, and what the constructor takes. */
  toJSON(): IdMapping[] {
    return this.mappings.map((mapping) => ({ ...mapping }))
  }

  /** Over `mappings`. */
  [Symbol.iterator](): Iterator<IdMapping> {
    return this.mappings[Symbol.iterator]()
  }

  #containerIndex(): IdIndex {
    this.#byContainer ??= new IdIndex(translations(this.mappings))
    return this.#byContainer
  }

  #hostIndex(): IdIndex {
    this.#byHost ??= new IdIndex(translations(invertMappings(this.mappings)))
    return this.#byHost
  }
}

function translations(mappings: readonly IdMapping[]): Translation[] {
  return mappings
    .filter(isMappable)
    .map(({ containerID, hostID, size }) => ({ start: containerID, target: hostID, size }))
}

function checkMap(value: IdMap): IdMap {
  if (!(value instanceof IdMap)) throw new TypeError(`expected an IdMap, not ${describe(value)}`)
  return value
}

function bulk(ids: Uint32Array, unmapped: number): [Uint32Array, number] {
  if (!types.isUint32Array(ids)) throw new TypeError(`ids must be a Uint32Array, not ${describe(ids)}`)
  if (unmapped >>> 0 !== unmapped) throw notUint32('unmapped', unmapped)
  return [ids, unmapped]
}
