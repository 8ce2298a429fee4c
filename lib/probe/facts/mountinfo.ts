/** /proc/PID/mountinfo (proc_pid_mountinfo(5)), as far as a diagnosis asks. */

export interface MountEntry {
  /** Unique on the whole host while the mount exists. */
  readonly id: number
  readonly parent: number
  /** The part of the file system that is mounted: '/' for all of it. */
  readonly root: string
  readonly mountPoint: string
  readonly options: readonly string[]
  readonly fstype: string
}

/** Lines that do not read are left out: they are evidence, not input. */
export function parseMountInfo(text: string): MountEntry[] {
  return text.split('\n').flatMap((line) => parseLine(line) ?? [])
}

function parseLine(line: string): MountEntry | undefined {
  // Optional fields of any number end at a lone '-'.
  const [front, back] = line.split(' - ')
  const [id, parent, , root, mountPoint, options] = front?.split(' ') ?? []
  const [fstype] = back?.split(' ') ?? []
  if (!id || !parent || !root || !mountPoint || !options || !fstype) return undefined
  return {
    id: Number(id),
    parent: Number(parent),
    root: decodeOctal(root),
    mountPoint: decodeOctal(mountPoint),
    options: options.split(','),
    fstype,
  }
}

/** mangle() of fs/proc_namespace.c writes space, tab, newline and backslash as octal. */
function decodeOctal(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}

export function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder === '/' ? '/' : `${folder}/`)
}

/** The mount that a path lies on: the deepest, and of those at one place the topmost. */
export function mountOf(path: string, mounts: readonly MountEntry[]): MountEntry | undefined {
  let found: MountEntry | undefined
  for (const mount of mounts) {
    const holds = path === mount.mountPoint || isBelow(path, mount.mountPoint)
    if (holds && mount.mountPoint.length >= (found?.mountPoint.length ?? 0)) found = mount
  }
  return found
}
