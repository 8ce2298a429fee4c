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
  const attached = mounts.flatMap((mount) => [
    ...mountSteps(mount, binds, inUserNamespace),
    ...(guards && mount.type === 'proc' ? readonlyProc(mount.destination) : []),
    ...(guards && mount.type === 'sysfs' ? readonlySys(mount.destination) : []),
  ])
  const procSteps = proc === 'none' ? [] : freshOrHostProc(settings, binds)
  if (guards && proc !== 'none') procSteps.push(...readonlyProc('/proc'))
  const readonlyRoot = readonlyAt('/', root.kind !== 'tmpfs')
  return {
    beforeNamespaces: binds.mapped,
    sources: [...binds.opened, ...(root.kind === 'directory' ? newRoot(root) : [])],
    makesFiles: root.kind === 'tmpfs' || mounts.length > 0,
    inside: [
      ...(root.kind === 'tmpfs' ? newRoot(root) : []),
      // What is mounted in it afterwards has attributes of its own.
      ...(rootReadonly && root.kind !== 'tmpfs' ? [readonlyRoot] : []),
      ...procSteps,
      ...attached,
      ...maskedPaths.map((destination): PlanStep => ({ op: 'MaskPath', destination })),
      ...readonlyPaths.map(
        (destination): PlanStep => ({ ...readonlyAt(destination, true), bindSelf: true, ifPresent: true }),
      ),
      // Its mount points have been made by now.
      ...(rootReadonly && root.kind === 'tmpfs' ? [readonlyRoot] : []),
      ...(root.kind === 'host' ? [] : [{ op: 'PivotRoot' } as const]),
    ],
    movesCwd: root.kind === 'host' && mounts.length + maskedPaths.length + readonlyPaths.length > 0,
  }
}

function newRoot(root: FilesystemSettings['root']): PlanStep[] {
  if (root.kind === 'host') return []
  return root.kind === 'tmpfs'
    ? [{ op: 'NewRoot', kind: 'tmpfs', source: 'mode=0755' }]
    : [{ op: 'NewRoot', kind: 'directory', source: root.path }]
}

function freshOrHostProc({ root, proc }: FilesystemSettings, binds: Binds): PlanStep[] {
  if (root.kind === 'host') return [MOUNT_PROC]
  const mayCreate = root.kind === 'tmpfs'
  if (proc === 'fresh') return [{ ...MOUNT_PROC, op: 'MountAt', mayCreate }]
  return binds.add({ source: '/proc', destination: '/proc', recursive: true, attributes: 0, mayCreate })
}

function mountSteps(mount: MountSettings, binds: Binds, inUserNamespace: boolean): PlanStep[] {
  const { type, destination } = mount
  switch (type) {
    case 'bind':
      return binds.add(mount)
    case 'dev': {
      const devices = deviceBinds(destination).flatMap((device) =>
        binds.add({ ...device, recursive: false, attributes: 0, mayCreate: true }),
      )
      return devSteps(destination, mount.mayCreate, devices)
    }
    case 'symlink':
      return [{ op: 'MakeSymlink', target: mount.target, destination }]
    case 'file': {
      const { content, mode, mayCreate } = mount
      return [{ op: 'WriteFile', destination, content, mode, mayCreate }]
    }
    case 'overlay': {
      // Without it the layers' marks are trusted.* attributes, which a user namespace may not write (5.11).
      const options = inUserNamespace ? `${mount.options},userxattr` : mount.options
      return [mountAt({ ...mount, options, flags: MOUNT_FLAGS.none })]
    }
    default:
      return [mountAt(mount)]
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
  add(bind: Bind): PlanStep[] {
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
    const names = ATTRIBUTES.filter(([, bit]) => (attributes & bit) !== 0).map(([name]) => name)
    const detail = names.length === 0 ? '' : ` (${names.join(', ')})`
    return [{ op: 'AttachTree', slot, source, destination, mayCreate, detail }]
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
