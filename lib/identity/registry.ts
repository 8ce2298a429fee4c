import type { IdKind } from '../ids/index.js'
import { INVALID_ID } from '../ids/index.js'
import { checkKind } from '../ids/read.js'
import { checkInteger, checkText } from '../plan/check.js'
import type { NamespacedProcess } from '../spawn/namespaced-process.js'
import { type Attribution, attribute, type Circumstances } from './attribution.js'
import { bootId } from './boot.js'
import { type Change, Directory } from './directory.js'
import {
  type ContainerEntry,
  checkCgroup,
  checkEntry,
  checkName,
  checkSession,
  checkTime,
  type Registration,
} from './entry.js'
import { fromJson, type RegistryJson, toJson } from './json.js'
import { RegistryFile } from './registry-file.js'
import { beforeItsRecords, startTime } from './start-time.js'

/** What is known of the process whose id it is. */
export interface OwnerContext {
  /** When it had the id. Default: now. */
  at?: Date | undefined
  /** `ses=` of an audit record, or /proc/PID/sessionid. 4294967295, no session, is as none. */
  auditSession?: number | undefined
  /** As /proc/PID/cgroup shows it, or the directory below /sys/fs/cgroup. */
  cgroup?: string | undefined
}

/** For this package: what `registry` looks things up in, for as long as nothing changes it. */
export let directoryOf: (registry: ContainerRegistry) => Directory

/**
 * Which container has, or had, which host ids. Ended entries stay for the questions about their time: see `forget`.
 *
 * Host ids are those of the initial user namespace: keep the registry on the host, or compose the maps first.
 */
export class ContainerRegistry {
  #directory = new Directory()
  #file: RegistryFile | undefined

  static {
    directoryOf = (registry) => registry.#directory
  }

  /**
   * The registry in the file at `path`, which the first change makes. Each change takes in what others have changed and
   * replaces the file as a whole: readers see the old one or the new one, and of several writers none loses anything.
   * ParseError where the file is torn or no registry: it is then left as it is.
   *
   * It is a registry of this host: what track() has added, and entries with an audit session, have ended where they are
   * of an earlier boot, at this one's start.
   *
   * @param path in a directory that its writers may write to.
   */
  static open(path: string): ContainerRegistry {
    const registry = new ContainerRegistry()
    registry.#file = new RegistryFile(checkText('path', path))
    registry.refresh()
    return registry
  }

  /**
   * A registry from what toJSON() has made; no file keeps it.
   *
   * @param value parsed already, as by JSON.parse().
   * @throws ParseError, TypeError or RangeError, naming the place, for anything else.
   */
  static fromJSON(value: unknown): ContainerRegistry {
    const registry = new ContainerRegistry()
    registry.#directory = Directory.of(fromJson(value))
    return registry
  }

  /**
   * Copies the entry.
   *
   * @throws TypeError or RangeError, naming the member, for a wrong one; what fs throws where the file cannot be written.
   */
  add(entry: ContainerEntry): void {
    const registration = checkEntry(entry, crypto.randomUUID())
    this.#change(() => ({ put: [registration] }))
  }

  /**
   * Adds a child under its name, with its maps, from its start on; at 'spawn' also its user namespace and its audit
   * session. A child that is never spawned drops out. It stays until remove(): processes of a child without a pid
   * namespace can outlive it.
   *
   * @param child started with a `name`.
   */
  track(child: NamespacedProcess): void {
    const key = crypto.randomUUID()
    const entry = trackedEntry(child)
    if (entry !== undefined) {
      const registration = ofThisBoot(checkEntry(entry, key))
      this.#change(() => ({ put: [registration] }))
    }
    if (child.pid !== undefined) return
    child.spawned
      .then(
        () => this.#complete(key, child),
        () => this.#change(() => ({ drop: [key] })),
      )
      // Of the file: nobody waits for this. The next change that somebody makes will throw it.
      .catch((error: Error) => process.emitWarning(error))
  }

  /**
   * Ends the entries of that name that are there at the time; they still answer for the time before.
   *
   * @param at the first moment at which the ids are free. Default: now.
   */
  remove(name: string, at?: Date): void {
    checkName(name)
    const to = at === undefined ? Date.now() : checkTime('at', at)
    this.#change((registrations) => {
      const put: Registration[] = []
      for (const one of registrations) {
        if (one.name !== name || to >= one.to) continue
        if (one.from <= to) put.push({ ...one, to })
        // It has begun, whatever the clock says that has been set back since: it must not come to life later.
        else if (at === undefined && one.boot !== undefined) put.push({ ...one, to: one.from })
      }
      return { put }
    })
  }

  /**
   * Drops the entries that had ended by then: what is asked about that time has no answer any more.
   *
   * @param before that moment.
   */
  forget(before: Date): void {
    const limit = checkTime('before', before)
    this.#change((registrations) => ({
      drop: Array.from(registrations)
        .filter(({ to }) => to <= limit)
        .map(({ key }) => key),
    }))
  }

  /**
   * Whose a host id is. Evidence, strongest first: the audit session, the cgroup, the range of host ids. Where ranges
   * are shared all that have the id are candidates; where a container is nested, the innermost has it. A map of all
   * ids gives no evidence by range: it is the host's own too. An id that is an own one of the host, as the caller's,
   * is 'ambiguous' by range.
   *
   * @param hostID 0 to 4294967295, an id of the initial user namespace.
   * @param context what else is known of the process, or the record, that has the id.
   */
  ownerOf(kind: IdKind, hostID: number, context: OwnerContext = {}): Attribution {
    checkKind(kind)
    checkInteger('hostID', hostID, 0, INVALID_ID)
    const { at, auditSession, cgroup } = context
    const known: Circumstances = {
      time: at === undefined ? Date.now() : checkTime('at', at),
      session:
        auditSession === undefined || auditSession === INVALID_ID
          ? undefined
          : checkSession('auditSession', auditSession),
      cgroup: cgroup === undefined || cgroup === '/' ? undefined : checkCgroup('cgroup', cgroup),
    }
    return attribute(this.#directory, kind, hostID, known)
  }

  /** Takes in what others have written to the file since: one stat(2) where nothing has changed. Without a file, nothing. */
  refresh(): void {
    const registrations = this.#file?.readChanged()
    if (registrations !== undefined) this.#directory = Directory.of(registrations)
  }

  /** All entries, as JSON.stringify() takes them and fromJSON() reads them. */
  toJSON(): RegistryJson {
    return toJson(this.#directory.registrations())
  }

  /** What the kernel tells only of a running process. */
  #complete(key: string, child: NamespacedProcess): void {
    const entry = trackedEntry(child)
    if (entry === undefined) return
    const completed = ofThisBoot(checkEntry(entry, key))
    this.#change(() => {
      const early = this.#directory.get(key)
      return { put: [early === undefined ? completed : merged(early, completed)] }
    })
  }

  #change(decide: (registrations: Iterable<Registration>) => Change): void {
    if (this.#file === undefined) {
      this.#directory.apply(decide(this.#directory.registrations()))
      return
    }
    this.#file.update(() => {
      this.refresh()
      const change = decide(this.#directory.registrations())
      return { change, after: after(this.#directory, change), done: () => this.#directory.apply(change) }
    })
  }
}

function after(directory: Directory, { put = [], drop = [] }: Change): Registration[] {
  const all = new Map(Array.from(directory.registrations(), (one) => [one.key, one]))
  for (const key of drop) all.delete(key)
  for (const one of put) all.set(one.key, one)
  return [...all.values()]
}

/** A process runs no longer than its boot. */
function ofThisBoot(registration: Registration): Registration {
  return { ...registration, boot: bootId() }
}

/** It may have been removed meanwhile; it began when it was first heard of, at the latest. */
function merged(early: Registration, completed: Registration): Registration {
  return { ...completed, from: Math.min(early.from, completed.from), to: early.to }
}

/** undefined where its maps are not known yet: those of a user namespace that it joins are read at 'spawn'. */
function trackedEntry(child: NamespacedProcess): ContainerEntry | undefined {
  const name = checkName(child.name, 'child.name, an option of spawn(),')
  const from = (child.pid === undefined ? undefined : startTime(child.pid)) ?? beforeItsRecords(Date.now())
  const maps = mapsOf(child)
  if (maps === undefined) return undefined
  const userNamespace = userNamespaceOf(child)
  return {
    name,
    ...maps,
    from: new Date(from),
    ...(userNamespace !== undefined && { userNamespace }),
    ...(child.auditSession !== undefined && { auditSession: child.auditSession }),
  }
}

function mapsOf(child: NamespacedProcess): Pick<ContainerEntry, 'uidMap' | 'gidMap'> | undefined {
  try {
    return { uidMap: child.uidMap, gidMap: child.gidMap }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined
    throw error
  }
}

function userNamespaceOf(child: NamespacedProcess): bigint | undefined {
  try {
    using namespace = child.namespace('user')
    return namespace.ino
  } catch (error) {
    if (UNSEEN.includes((error as NodeJS.ErrnoException).code)) return undefined
    throw error
  }
}

/** Before 'spawn'; after the end, be it heard of or not; of a process that the caller may not inspect. */
const UNSEEN: ReadonlyArray<string | undefined> = ['ESRCH', 'ENOENT', 'EACCES', 'EPERM']
