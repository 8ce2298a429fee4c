/** All registrations, and every way to find the one that is meant. */

import type { IdKind } from '../ids/index.js'
import type { Registration } from './entry.js'
import type { FlatPieces } from './flat-pieces.js'
import { innermost, mapOf, tellingIds } from './host-ranges.js'
import { RangeIndex } from './range-index.js'
import { Timeline } from './timeline.js'

/** @inline */
export type Evidence = 'session' | 'cgroup' | 'range' | 'none'

export interface Change {
  /** New ones, and ones that take the place of those with their key. */
  readonly put?: readonly Registration[]
  /** Keys. */
  readonly drop?: readonly string[]
}

const KINDS = ['uid', 'gid'] as const

export class Directory {
  readonly #all = new Map<string, Registration>()
  readonly #ranges = { uid: new RangeIndex('uid'), gid: new RangeIndex('gid') }
  readonly #sessions = new Map<number, Timeline>()
  readonly #cgroups = new Map<string, Timeline>()

  static of(registrations: Iterable<Registration>): Directory {
    const directory = new Directory()
    for (const registration of registrations) directory.#insert(registration)
    return directory
  }

  get(key: string): Registration | undefined {
    return this.#all.get(key)
  }

  registrations(): Iterable<Registration> {
    return this.#all.values()
  }

  apply({ put = [], drop = [] }: Change): void {
    for (const key of drop) this.#delete(key)
    for (const registration of put) {
      this.#delete(registration.key)
      this.#insert(registration)
    }
  }

  bySession(session: number, time: number): Registration[] {
    return alive(this.#sessions.get(session), time)
  }

  /** Of the nearest cgroup upwards that somebody has. */
  byCgroup(path: string, time: number): Registration[] {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      const found = alive(this.#cgroups.get(path.slice(0, end)), time)
      if (found.length > 0) return found
    }
    return []
  }

  /** The pieces of the id space, for answers that need no more. */
  pieces(kind: IdKind): FlatPieces {
    return this.#ranges[kind].flat()
  }

  byRange(kind: IdKind, hostID: number, time: number): readonly Registration[] {
    const found = alive(this.#ranges[kind].at(hostID), time)
    return found.length < 2 ? found : innermost(found, kind, hostID)
  }

  #insert(registration: Registration): void {
    const { key, auditSession, cgroup } = registration
    this.#all.set(key, registration)
    for (const kind of KINDS)
      this.#ranges[kind].insert(tellingIds(mapOf(registration, kind)).extents, registration)
    if (auditSession !== undefined) insertAt(this.#sessions, auditSession, registration)
    if (cgroup !== undefined) insertAt(this.#cgroups, cgroup, registration)
  }

  #delete(key: string): void {
    const registration = this.#all.get(key)
    if (registration === undefined) return
    const { auditSession, cgroup } = registration
    this.#all.delete(key)
    for (const kind of KINDS)
      this.#ranges[kind].delete(tellingIds(mapOf(registration, kind)).extents, registration)
    if (auditSession !== undefined) deleteAt(this.#sessions, auditSession, registration)
    if (cgroup !== undefined) deleteAt(this.#cgroups, cgroup, registration)
  }
}

function alive(timeline: Timeline | undefined, time: number): Registration[] {
  const found: Registration[] = []
  timeline?.collect(time, found)
  return found
}

function insertAt<K>(timelines: Map<K, Timeline>, key: K, registration: Registration): void {
  let timeline = timelines.get(key)
  if (timeline === undefined) {
    timeline = new Timeline()
    timelines.set(key, timeline)
  }
  timeline.insert(registration)
}

function deleteAt<K>(timelines: Map<K, Timeline>, key: K, registration: Registration): void {
  const timeline = timelines.get(key)
  timeline?.delete(registration)
  if (timeline?.isEmpty) timelines.delete(key)
}
