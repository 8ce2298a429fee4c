/** What the mount table says about the root and about /proc. */

import { codeOf, type Fact, factOf, isKnown, known, unreadable } from './fact.js'
import { isBelow, type MountEntry, parseMountInfo } from './mountinfo.js'
import type { FactSource } from './source.js'

export interface MountFacts {
  readonly table: Fact<readonly MountEntry[]>
  readonly chroot: Fact<boolean>
  /** Whether / is the mount that all others of the namespace stand on. */
  readonly bottomRoot: Fact<boolean>
  /** What keeps every visible proc from being fully visible. Empty where one is. */
  readonly coveredProc: Fact<readonly string[]>
}

/** Ends what `coveredProc` says of a proc that is not covered but read-only. */
export const READ_ONLY = '(read-only)'
/** The same for one that keeps access times otherwise than a fresh one would. */
export const OTHER_ATIME = '(without relatime)'

const OWN_TABLE = '/proc/self/mountinfo'

export function readMountFacts(source: FactSource): MountFacts {
  const table = factOf(OWN_TABLE, () => source.text(OWN_TABLE), parseMountInfo)
  return {
    table,
    chroot: readChroot(source, table),
    bottomRoot: readBottomRoot(table),
    coveredProc: coveredProc(table),
  }
}

/**
 * The kernel compares the root with that of the mount namespace (current_chrooted()), which no file shows.
 * From the mount table: it starts at the own root, so a root that is no mount point is not in it; and a mount
 * that init sees elsewhere than at / is a root by chroot(2).
 */
function readChroot(source: FactSource, table: Fact<readonly MountEntry[]>): Fact<boolean> {
  if (!isKnown(table)) return byIdentity(source)
  const root = rootOf(table.value)
  if (root === undefined) return known(OWN_TABLE, true, 'the root directory is no mount point')
  const path = '/proc/1/mountinfo'
  const init = factOf(path, () => source.text(path), parseMountInfo)
  const seen = isKnown(init) ? init.value.find(({ id }) => id === root.id) : undefined
  if (seen === undefined) return byIdentity(source)
  if (seen.mountPoint === '/') return known(path, false, 'the same mount at / as ours')
  return known(path, true, `our root directory is init's ${seen.mountPoint}`)
}

/** Only where both are in one mount namespace: another one has another root without any chroot. */
function byIdentity(source: FactSource): Fact<boolean> {
  const path = '/proc/1/root'
  try {
    if (source.link('/proc/1/ns/mnt') !== source.link('/proc/self/ns/mnt')) {
      return unreadable(path, 'EXDEV')
    }
    const [ours, init] = [source.identity('/proc/self/root/'), source.identity('/proc/1/root/')]
    const same = ours.device === init.device && ours.inode === init.inode
    return known(
      path,
      !same,
      same ? 'the same directory as /proc/self/root' : 'another directory than /proc/self/root',
    )
  } catch (error) {
    return unreadable(path, codeOf(error))
  }
}

/** The initramfs, until something is mounted over it: it has no parent but itself (show_mountinfo()). */
function readBottomRoot(table: Fact<readonly MountEntry[]>): Fact<boolean> {
  if (!isKnown(table)) return table
  const root = rootOf(table.value)
  if (root === undefined || root.id !== root.parent) return known(OWN_TABLE, false, 'a mount on another')
  return known(OWN_TABLE, true, `the root directory is ${root.fstype}, which stands on no other mount`)
}

/** The topmost at '/'. */
function rootOf(table: readonly MountEntry[]): MountEntry | undefined {
  return table.filter(({ mountPoint }) => mountPoint === '/').at(-1)
}

/** Made empty for good by the kernel (proc_create_mount_point()): a mount there hides nothing. */
const EMPTY_BY_KERNEL: ReadonlySet<string> = new Set(['sys/fs/binfmt_misc', 'fs/nfsd', 'openprom'])

/**
 * mount_too_revealing() lets a user namespace mount proc anew only where it already sees one that nothing is
 * mounted over, that is not read-only, and whose atime flags are a fresh one's. LXC keeps such a one aside (/dev/.lxc/proc) for nesting.
 */
function coveredProc(table: Fact<readonly MountEntry[]>): Fact<readonly string[]> {
  if (!isKnown(table)) return table
  const procs = table.value.filter(({ fstype, root }) => fstype === 'proc' && root === '/')
  const covers = procs.map((proc) => coversOf(proc, table.value))
  if (procs.length === 0) return known(OWN_TABLE, ['no proc file system'], 'no proc file system is mounted')
  if (covers.some((list) => list.length === 0)) return known(OWN_TABLE, [], 'nothing is mounted inside /proc')
  const all = covers.flat()
  return known(OWN_TABLE, all, all.join(', '))
}

function coversOf(proc: MountEntry, table: readonly MountEntry[]): string[] {
  const { mountPoint } = proc
  const over = table.filter((mount) => {
    if (mount === proc || mount.parent !== proc.id) return false
    if (mount.mountPoint === mountPoint) return true
    return (
      isBelow(mount.mountPoint, mountPoint) &&
      !EMPTY_BY_KERNEL.has(mount.mountPoint.slice(mountPoint.length + 1))
    )
  })
  const paths = over.map((mount) => mount.mountPoint)
  const { options } = proc
  const atime = options.filter((option) => /atime$/.test(option)).join()
  return [
    ...(options.includes('ro') ? [`${mountPoint} ${READ_ONLY}`] : []),
    ...(atime === 'relatime' ? [] : [`${mountPoint} ${OTHER_ATIME}`]),
    ...paths,
  ]
}
