/**
 * The view of files becomes steps. Everything that is bound is taken hold of first, so that a source may lie
 * where a mount of the same list will be; then the view is made from the bottom up, and moved into.
 */

import type { Caller } from './caller.js'
import { deviceBinds, devSteps } from './dev.js'
import type { ViewNeeds } from './enter.js'
import { readonlyProc, readonlySys } from './kernel-files.js'
import { resolveMap } from './maps.js'
import { ATTRIBUTES, readonlyAt } from './mount-attributes.js'
import type { BindSettings, FilesystemSettings, FilesystemType, MountSettings } from './settings.js'
import type { PlanStep } from './steps.js'
import { MOUNT_FLAGS, MOUNT_PROC } from './use.js'

export interface View extends ViewNeeds {
  /** With the privilege that a new user namespace takes away. */
  readonly beforeNamespaces: readonly PlanStep[]
  readonly inside: readonly PlanStep[]
  /** Whether the working directory that there was is another one now, or none. */
  readonly movesCwd: boolean
}

/**
 * `inUserNamespace`: the mounts are made by one who has no privilege in the initial one.
 * `guarded`: a view of its own keeps the kernel's files from the command.
 */
export function compileView(
  settings: FilesystemSettings,
  caller: Caller,
  inUserNamespace: boolean,
  guarded: boolean,
): View {
  const { root, rootReadonly, mounts, proc, maskedPaths, readonlyPaths } = settings
  const binds = new Binds(caller)
  // In the host's view they are as much, or as little, in danger as all its other files.
  const guards = guarded && root.kind !== 'host'
  const attached: PlanStep[] = []
  for (const mount of mounts) {
    addMount(attached, mount, binds, inUserNamespace)
    if (guards && mount.type === 'proc') attached.push(...readonlyProc(mount.destination))
    if (guards && mount.type === 'sysfs') attached.push(...readonlySys(mount.destination))
  }
  const inside: PlanStep[] = []
  if (root.kind === 'tmpfs') inside.push(newRoot(root))
  // What is mounted in it afterwards has attributes of its own.
  if (rootReadonly && root.kind !== 'tmpfs') inside.push(readonlyAt('/', true))
  if (proc !== 'none') inside.push(freshOrHostProc(settings, binds))
  if (guards && proc !== 'none') inside.push(...readonlyProc('/proc'))
  inside.push(...attached)
  for (const destination of maskedPaths) inside.push({ op: 'MaskPath', destination })
  for (const destination of readonlyPaths) {
    inside.push({ ...readonlyAt(destination, true), bindSelf: true, ifPresent: true })
  }
  // Its mount points have been made by now.
  if (rootReadonly && root.kind === 'tmpfs') inside.push(readonlyAt('/', false))
  if (root.kind !== 'host') inside.push({ op: 'PivotRoot' })
  return {
    beforeNamespaces: binds.mapped,
    sources: root.kind === 'directory' ? [...binds.opened, newRoot(root)] : binds.opened,
    makesFiles: root.kind === 'tmpfs' || mounts.length > 0,
    inside,
    movesCwd: root.kind === 'host' && mounts.length + maskedPaths.length + readonlyPaths.length > 0,
  }
}

function newRoot(root: Exclude<FilesystemSettings['root'], { kind: 'host' }>): PlanStep {
  return root.kind === 'tmpfs'
    ? { op: 'NewRoot', kind: 'tmpfs', source: 'mode=0755' }
    : { op: 'NewRoot', kind: 'directory', source: root.path }
}

function freshOrHostProc({ root, proc }: FilesystemSettings, binds: Binds): PlanStep {
  if (root.kind === 'host') return MOUNT_PROC
  const mayCreate = root.kind === 'tmpfs'
  if (proc === 'fresh') return { ...MOUNT_PROC, op: 'MountAt', mayCreate }
  return binds.add({ source: '/proc', destination: '/proc', recursive: true, attributes: 0, mayCreate })
}

function addMount(steps: PlanStep[], mount: MountSettings, binds: Binds, inUserNamespace: boolean): void {
  switch (mount.type) {
    case 'bind':
      steps.push(binds.add(mount))
      break
    case 'dev': {
      const devices = deviceBinds(mount.destination).map(({ source, destination }) =>
        binds.add({ source, destination, recursive: false, attributes: 0, mayCreate: true }),
      )
      steps.push(...devSteps(mount.destination, mount.mayCreate, devices))
      break
    }
    case 'symlink':
      steps.push({ op: 'MakeSymlink', target: mount.target, destination: mount.destination })
      break
    case 'file': {
      const { destination, content, mode, mayCreate } = mount
      steps.push({ op: 'WriteFile', destination, content, mode, mayCreate })
      break
    }
    case 'overlay': {
      // Without it the layers' marks are trusted.* attributes, which a user namespace may not write (5.11).
      const options = inUserNamespace ? `${mount.options},userxattr` : mount.options
      steps.push(mountAt({ ...mount, options, flags: MOUNT_FLAGS.none }))
      break
    }
    default:
      steps.push(mountAt(mount))
  }
}

interface NewFilesystem {
  readonly type: FilesystemType | 'overlay'
  readonly destination: string
  readonly options: string
  readonly flags: number
  readonly mayCreate: boolean
}

function mountAt(mount: NewFilesystem): PlanStep {
  const { type, destination, options, flags, mayCreate } = mount
  return {
    op: 'MountAt',
    step: `mount-${type}`,
    source: type,
    target: destination,
    fstype: type,
    options,
    flags,
    mayCreate,
  }
}

function detailOf(attributes: number): string {
  if (attributes === 0) return ''
  const names = ATTRIBUTES.filter(([, bit]) => (attributes & bit) !== 0).map(([name]) => name)
  return ` (${names.join(', ')})`
}

type Bind = Omit<BindSettings, 'type' | 'idMap'> & Partial<Pick<BindSettings, 'idMap'>>

/** Binds, each with a slot from its opening to its attaching. */
class Binds {
  readonly opened: PlanStep[] = []
  readonly mapped: PlanStep[] = []
  #caller: Caller
  #slots = 0
  #maps: string | undefined

  constructor(caller: Caller) {
    this.#caller = caller
  }

  /** The step that puts it into its place. */
  add(bind: Bind): PlanStep {
    const { source, destination, recursive, attributes, mayCreate, idMap } = bind
    const slot = this.#slots++
    const open: PlanStep = {
      op: 'OpenTree',
      slot,
      source,
      recursive,
      attributes,
      idmapped: idMap !== undefined,
    }
    if (idMap === undefined) this.opened.push(open)
    else this.mapped.push(...this.#mapBy(idMap), open)
    return { op: 'AttachTree', slot, source, destination, mayCreate, detail: detailOf(attributes) }
  }

  /** A namespace serves all that follow with the same maps. */
  #mapBy(choice: NonNullable<BindSettings['idMap']>): PlanStep[] {
    const uid = resolveMap('uid', choice.uid, this.#caller).toString()
    const gid = resolveMap('gid', choice.gid, this.#caller).toString()
    const maps = `${uid}|${gid}`
    if (maps === this.#maps) return []
    this.#maps = maps
    return [{ op: 'MakeUserNamespace', uid, gid }]
  }
}
