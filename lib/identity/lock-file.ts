/** One process, or thread, at a time: a lock that a killed holder does not keep. */

import { readFileSync, readlinkSync, symlinkSync, unlinkSync } from 'node:fs'
import { bootId } from './boot.js'

const PATIENCE = 5000
const PAUSE = 2

/**
 * Runs `work` with the lock at `path`. The lock is a symbolic link that says who holds it: unlike a file, it comes into
 * being with what it says. A holder that is found dead loses it.
 * @throws Error ERR_NSKIT_LOCKED where another has held it for five seconds.
 */
export function withLock<T>(path: string, work: () => T): T {
  const me = `${identity()} ${crypto.randomUUID()}`
  acquire(path, me)
  try {
    return work()
  } finally {
    // Somebody may have removed it by hand, as the error below says, and another have it now.
    if (holderOf(path) === me) unlinkSync(path)
  }
}

function acquire(path: string, me: string): void {
  let seen: string | undefined
  let since = performance.now()
  while (!make(path, me)) {
    const holder = holderOf(path)
    // While it goes from one to the next, all is well: many writers have to wait for more than one.
    if (holder !== seen) {
      seen = holder
      since = performance.now()
    }
    if (holder !== undefined && isDead(holder)) breakLock(path, holder, me)
    else if (performance.now() - since > PATIENCE) throw lockedError(path, holder)
    else pause()
  }
}

/**
 * Two that find the same dead holder must not both remove "its" lock: the second would remove the first one's new one.
 * So who removes holds another lock, and looks again. Should it be killed within these three calls, that one stays, and
 * the error names it.
 */
function breakLock(path: string, dead: string, me: string): void {
  const breaking = `${path}.break`
  if (!make(breaking, me)) {
    const breaker = holderOf(breaking)
    if (breaker !== undefined && isDead(breaker)) throw lockedError(breaking, breaker)
    pause()
    return
  }
  try {
    if (holderOf(path) === dead) unlinkSync(path)
  } finally {
    unlinkSync(breaking)
  }
}

function make(path: string, holder: string): boolean {
  try {
    symlinkSync(holder, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function holderOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Boot, pid namespace, pid and start time: a pid alone is given out again. */
function identity(): string {
  return `${bootId()} ${pidNamespace()} ${process.pid} ${startTicks(process.pid) ?? 0}`
}

/** False where it cannot be known: a holder in another pid namespace has a number that means nothing here. */
function isDead(holder: string): boolean {
  const [boot, namespace, pid, ticks] = holder.split(' ')
  const [thisBoot, thisNamespace] = identity().split(' ')
  if (boot !== thisBoot) return true
  if (namespace !== thisNamespace) return false
  const since = startTicks(Number(pid))
  // Of others' processes a /proc with hidepid= shows nothing (proc_pid(5)); the kernel still says whether there is one.
  return since === undefined ? !exists(Number(pid)) : String(since) !== ticks
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function pidNamespace(): string {
  return readlinkSync('/proc/self/ns/pid')
}

function startTicks(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  } catch {
    return undefined
  }
}

function lockedError(path: string, holder: string | undefined): Error {
  const pid = holder?.split(' ')[2] ?? 'unknown'
  const error: NodeJS.ErrnoException = new Error(
    `${path} is held by process ${pid}: remove it if there is none`,
  )
  error.code = 'ERR_NSKIT_LOCKED'
  error.path = path
  return error
}

/** The registry's calls are synchronous, and so is their wait: another writer holds the lock for one fsync. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE)
}
