import { SetupError } from '../errors/setup-error.js'
import { LAUNCH_EVENT, type NativeProcess, native } from '../native/binding.js'
import { caller } from '../plan/caller.js'
import { checkObject } from '../plan/check.js'
import { compileHold } from '../plan/compile.js'
import { CREATE_OPTIONS, checkNames } from '../plan/option-names.js'
import type { Plan } from '../plan/steps.js'
import { checkTypes, validateNamespaces } from '../plan/validate-namespaces.js'
import { errorOf } from '../spawn/failure.js'
import { forAddon } from '../spawn/launch.js'
import type { SpawnOptions } from '../spawn/options.js'
import { NAMESPACE_TYPES, type NamespaceType } from '../tables/namespaces.js'
import { Namespace } from './namespace.js'

/** Options of createNamespaces(); each means what it means for spawn(). */
export type CreateNamespacesOptions = Pick<
  SpawnOptions,
  'uidMap' | 'gidMap' | 'setgroups' | 'hostname' | 'timeOffsets' | 'join'
>

/** Handles on new namespaces. Each namespace lives until its last handle, process or mount is gone. */
export class NamespaceSet implements AsyncDisposable, Disposable {
  /** A handle for each type that was asked for, in the order user, mnt, uts, ipc, cgroup, net, time. */
  readonly namespaces: ReadonlyMap<NamespaceType, Namespace>

  /** Made by `createNamespaces`. */
  constructor(namespaces: ReadonlyMap<NamespaceType, Namespace>) {
    this.namespaces = namespaces
  }

  /** Closes all handles. A second call does nothing. */
  close(): void {
    for (const namespace of this.namespaces.values()) namespace.close()
  }

  /** As close(). */
  [Symbol.dispose](): void {
    this.close()
  }

  /** As close(). */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }
}

/**
 * New namespaces with no process in them, held open by the handles. lo is up in a new network namespace.
 *
 * @throws TypeError for a wrong option, and for 'pid': a pid namespace ends with its init, so none can be held
 * without a process. Rejects with a SetupError for what the kernel refuses.
 */
export async function createNamespaces(
  types: readonly NamespaceType[],
  options: CreateNamespacesOptions = {},
): Promise<NamespaceSet> {
  const asked = checkTypes('types', types)
  if (asked.length === 0) throw new TypeError('types must name at least one namespace')
  if (asked.includes('pid'))
    throw new TypeError("types: a 'pid' namespace ends with its init, so no handle can hold it: use spawn")
  checkNames(checkObject('options', options), CREATE_OPTIONS)
  const settings = validateNamespaces({ ...options, unshare: asked }, false)
  const { plan } = compileHold(settings, caller())
  return new NamespaceSet(await hold(plan, new Set(asked)))
}

/** Takes the handles while the plan's process is held, then lets the process go, and waits until it is gone. */
function hold(plan: Plan, types: ReadonlySet<NamespaceType>): Promise<Map<NamespaceType, Namespace>> {
  return new Promise((resolve, reject) => {
    let taken: Map<NamespaceType, Namespace> | undefined
    let failure: unknown
    const { bytes, pass } = forAddon(plan)
    const handle: NativeProcess = native().launch(bytes, pass, false, (kind, a, b, c, d, text) => {
      if (kind === LAUNCH_EVENT.Held) {
        try {
          taken = take(a, types)
        } catch (error) {
          failure = error
        }
        handle.release()
      } else if (kind === LAUNCH_EVENT.Failed) {
        reject(
          errorOf({ step: a, errno: b, detail: c, status: d, text }, plan, {
            file: '',
            argv: [],
            cwd: undefined,
            env: {},
            detached: false,
          }),
        )
      } else if (kind === LAUNCH_EVENT.Exited) {
        if (taken === undefined) reject(failure ?? killedWhileHeld())
        else resolve(taken)
      }
    })
  })
}

function take(pid: number, types: ReadonlySet<NamespaceType>): Map<NamespaceType, Namespace> {
  const taken = new Map<NamespaceType, Namespace>()
  try {
    for (const type of NAMESPACE_TYPES) {
      if (!types.has(type)) continue
      // The held process itself stays in its old time namespace; its children would be in the new one.
      const link = type === 'time' ? 'time_for_children' : type
      taken.set(type, Namespace.open(`/proc/${pid}/ns/${link}`))
    }
    return taken
  } catch (error) {
    for (const namespace of taken.values()) namespace.close()
    throw error
  }
}

function killedWhileHeld(): SetupError {
  return new SetupError({
    step: 'hold',
    errno: 0,
    code: 'ERR_NSKIT_SETUP_KILLED',
    syscall: 'poll',
    message: 'hold: the process that held the namespaces was killed',
  })
}
