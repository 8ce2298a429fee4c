import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { until } from './wait.js'

/** The descriptors of this process, as 'number → target'. */
export function descriptors(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [`${fd} → ${readlinkSync(`/proc/self/fd/${fd}`)}`]
    } catch {
      // The descriptor of this very listing is closed by now.
      return []
    }
  })
}

/** The pids of this process's children, of any thread, zombies included. */
export function children(): number[] {
  return readdirSync('/proc/self/task').flatMap((task) => {
    const pids = readIfThere(`/proc/self/task/${task}/children`).split(' ')
    return pids.filter(Boolean).map(Number)
  })
}

/** The children that have ended and that nobody has waited for. */
export function zombies(): number[] {
  return children().filter((pid) => /^State:\s+Z/m.test(readIfThere(`/proc/${pid}/status`)))
}

/** The mounts of this mount namespace, as 'mount point (type)'. */
export function mounts(): string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').trimEnd().split('\n')
  return lines.map((line) => {
    const [own = '', source = ''] = line.split(' - ')
    return `${own.split(' ')[4]} (${source.split(' ')[0]})`
  })
}

/** The names in the folder for temporary files. */
function temporaryFiles(): string[] {
  return readdirSync(tmpdir())
}

/** What a piece of work could leave, each as a list of names. */
const KINDS = { descriptors, children, mounts, temporaryFiles }
type Inventory = Record<keyof typeof KINDS, string[]>

/**
 * Runs `work` and waits until this process has no descriptor, child, mount or temporary file more
 * than before. Not for work that starts libuv's own lazily made descriptors: do it once before.
 * Mounts and temporary files are shared with the other test files that run meanwhile:
 * `kinds` says which to look at.
 */
export async function expectNothingLeft(
  work: () => unknown,
  kinds: ReadonlyArray<keyof typeof KINDS> = ['descriptors', 'children', 'mounts'],
): Promise<void> {
  const before = inventory()
  await work()
  let extra: string[] = []
  const isClean = () => {
    extra = kinds.flatMap((kind) => added(before[kind], inventory()[kind]).map((name) => `${kind}: ${name}`))
    return extra.length === 0
  }
  await until(isClean, 'nothing left behind').catch(() => {
    throw new Error(`left behind:\n${extra.join('\n')}`)
  })
}

function inventory(): Inventory {
  return {
    descriptors: descriptors(),
    children: children().map(String),
    mounts: mounts(),
    temporaryFiles: temporaryFiles(),
  }
}

/** The members of `after` that `before` has not, as bags: a second mount on one point counts. */
function added(before: string[], after: string[]): string[] {
  const rest = [...before]
  return after.filter((name) => {
    const at = rest.indexOf(name)
    if (at === -1) return true
    rest.splice(at, 1)
    return false
  })
}

/** A task or process that has gone meanwhile is empty. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
