/** A registry in a file: read as a whole, replaced as a whole, changed by one writer at a time. */

import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { ParseError } from '../errors/parse-error.js'
import { bootId, bootTime } from './boot.js'
import type { Change } from './directory.js'
import type { Registration } from './entry.js'
import { fromJson, toJson } from './json.js'
import { withLock } from './lock-file.js'

export interface Update {
  readonly change: Change
  /** All that the file is to have. */
  readonly after: Iterable<Registration>
  /** Called once that is on disk. */
  done(): void
}

/** Others may read: what host ids belong to whom is no secret on the host. */
const NEW_FILE_MODE = 0o644

export class RegistryFile {
  readonly #path: string
  /** Which state of the file was read or written last. */
  #seen = ''
  /** The state that could not be read, and why: it is not read again before it is another. */
  #fault: { readonly state: string; readonly error: unknown } | undefined

  constructor(path: string) {
    this.#path = resolveLinks(path)
  }

  /** The file's registrations where it is not as it was last; none where it is missing. */
  readChanged(): Registration[] | undefined {
    const state = this.#state()
    if (state === this.#seen) return undefined
    if (state === this.#fault?.state) throw this.#fault.error
    const registrations = this.#read(state)
    // The state from before reading: should the file have been replaced in between, the next call reads it again.
    this.#seen = state
    return registrations
  }

  #read(state: string): Registration[] {
    if (state === MISSING) return []
    const text = readFileSync(this.#path, 'utf8')
    try {
      return parse(text, this.#path)
    } catch (error) {
      this.#fault = { state, error }
      throw error
    }
  }

  /** `decide` runs, and the file is replaced, with all other writers locked out. */
  update(decide: () => Update): void {
    withLock(`${this.#path}.lock`, () => {
      const { change, after, done } = decide()
      if ((change.put ?? []).length === 0 && (change.drop ?? []).length === 0) return
      this.#replace(`${JSON.stringify(toJson(after))}\n`)
      this.#seen = this.#state()
      done()
    })
  }

  #replace(text: string): void {
    const temporary = `${this.#path}.new`
    try {
      // What a writer left that was killed: under the lock it is nobody's.
      rmSync(temporary, { force: true })
      const fd = openSync(temporary, 'wx', NEW_FILE_MODE)
      try {
        const replaced = statSync(this.#path, { throwIfNoEntry: false })
        if (replaced !== undefined) keepAccess(fd, replaced)
        writeFileSync(fd, text)
        // Before the rename, or a crash can leave the new name with nothing in it.
        fsyncSync(fd)
      } finally {
        closeSync(fd)
      }
      renameSync(temporary, this.#path)
    } catch (error) {
      rmSync(temporary, { force: true })
      throw error
    }
    syncFolder(dirname(this.#path))
  }

  #state(): string {
    const stats = statSync(this.#path, { bigint: true, throwIfNoEntry: false })
    return stats === undefined ? MISSING : `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}`
  }
}

const MISSING = 'missing'

/** Who could read the old file can read the new one, as far as the writer may give files away: chown(2). */
function keepAccess(fd: number, { uid, gid, mode }: Stats): void {
  const own = fstatSync(fd)
  for (const [owner, group] of [
    [own.uid, gid],
    [uid, gid],
  ] as const) {
    try {
      fchownSync(fd, owner, group)
    } catch (error) {
      // EINVAL: an id that the writer's user namespace lacks.
      if (!['EPERM', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
  }
  fchmodSync(fd, mode & 0o777)
}

function parse(text: string, path: string): Registration[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new ParseError(`not a registry, or torn: ${(error as Error).message}`, path, lineCount(text))
  }
  try {
    return fromJson(value).map(endedByReboot)
  } catch (error) {
    throw new ParseError(`not a registry: ${(error as Error).message}`, path, 1)
  }
}

/** Its processes are gone, and this boot gives their sessions to others. */
function endedByReboot(registration: Registration): Registration {
  const { boot, from, to } = registration
  if (boot === undefined || boot === (bootId() ?? boot)) return registration
  return { ...registration, boot: undefined, to: Math.max(from, Math.min(to, bootTime())) }
}

function lineCount(text: string): number {
  return Math.max(1, text.trimEnd().split('\n').length)
}

/** The rename must replace the file, not a link to it. */
function resolveLinks(path: string): string {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? realpathSync(path) : resolve(path)
}

function syncFolder(path: string): void {
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
