/** The one file that loads the addon. What it exports are its functions, typed. */

import { UnsupportedPlatformError } from '../errors/unsupported-platform.js'

/**
 * What a launched plan tells its listener, by kind:
 * - Running: the command runs. a = pid, b = pidfd (the addon's: valid until it is reaped), c = its audit session or 0.
 * - Held: the plan is at its Hold step. a = pid of the held process, b = its pidfd.
 * - Failed: a = index of the step, b = errno, c = detail, d = wait status of a helper, text = its stderr.
 *   Everything is reaped by then. An errno of 0 with c = signal: the set-up was killed.
 * - Exited: a = exit code or -1, b = signal number or 0. Everything is reaped by then.
 */
export const LAUNCH_EVENT = { Running: 1, Held: 2, Failed: 3, Exited: 4 } as const
/** The index of a failure before the first step: the stage could not be started. */
export const LAUNCH_STEP = -1

export type LaunchListener = (kind: number, a: number, b: number, c: number, d: number, text: string) => void

export interface NativeProcess {
  /**
   * pidfd_send_signal on the command. 0 or a negative errno; -ESRCH once it is reaped, -EAGAIN before it runs,
   * which is looked up anew: the event may be still to come.
   */
  kill(signal: number): number
  /** SIGKILL to whatever exists of it, at any stage. */
  destroy(): void
  /** Lets a held plan go: its process leaves. Events follow as for any other. */
  release(): void
  ref(): void
  unref(): void
}

/** The parent's end of one pipe of spawnSync; `index` is the descriptor in the child. */
export interface SyncPipe {
  index: number
  fd: number
  /** Written, then the end is shut for writing; null: nothing is written and it is left as it is. */
  input: Uint8Array | null
  read: boolean
}
/** The addon owns and closes all of these descriptors, whatever happens. */
export interface SyncRequest {
  pipes: readonly SyncPipe[]
  /** The child's ends, closed as soon as it has been started. */
  childEnds: Int32Array
  /** 0: none. */
  timeout: number
  killSignal: number
  maxBuffer: number
}
export interface SyncResult {
  /** As in the launch events: the failure, if one there was. */
  failed: { step: number; errno: number; detail: number; status: number; text: string } | null
  pid: number
  exitCode: number
  signal: number
  /** 0: none of its own. */
  auditSession: number
  /** In the request's order; output is null for one that is not read. */
  pipes: Array<{ index: number; output: Buffer | null }>
  timedOut: boolean
  overflowed: boolean
}

export interface Native {
  /**
   * Starts the stage on `plan`. `pass` are the descriptors that the plan names:
   * they reach the stage with their numbers. `environment`: whether the stage gets
   * the process's real environment (for INHERIT_ENVIRONMENT) or an empty one.
   * Never throws for what the kernel refuses: that is a Failed event.
   */
  launch(plan: Uint8Array, pass: Int32Array, environment: boolean, listener: LaunchListener): NativeProcess
  /** Starts and waits, without the event loop. */
  runSync(plan: Uint8Array, pass: Int32Array, environment: boolean, request: SyncRequest): SyncResult
  /** A connected pair of stream sockets, close-on-exec; the first non-blocking (the parent's). Negative errno on failure. */
  stdioPair(): [number, number] | number
  closeFd(fd: number): number

  /** ── one function, one syscall: 0 or more, or a negative errno ── */
  unshare(flags: number): number
  setns(fd: number, flags: number): number
  pidfdOpen(pid: number): number
  pidfdSendSignal(pidfd: number, signal: number): number
  nsGetUserns(fd: number): number
  nsGetParent(fd: number): number
  nsGetType(fd: number): number
  nsGetOwnerUid(fd: number): number
  sethostname(name: string): number
  getResuid(): [number, number, number]
  getResgid(): [number, number, number]
  /** mount(2) with MS_BIND, and umount2(2) with MNT_DETACH. */
  bindMount(source: string, target: string): number
  unmount(target: string): number
  /** prctl(PR_GET_DUMPABLE). */
  getDumpable(): number
  getNoNewPrivs(): number
  /** clone3(2) with a size of 0: EINVAL by every kernel that has it, and no process. */
  clone3WithoutArguments(): number
  /** As node:worker_threads has it, which takes milliseconds to load. */
  isMainThread(): boolean

  /** All namespaces of these types that /proc, bind mounts and relatives lead to; a negative errno where /proc cannot be read. */
  listNamespaces(types: readonly string[]): NamespaceRows | number

  /**
   * Calls `fn` with the thread in the namespace `fd`, of that type and flag, then takes it back, whatever ends `fn`.
   * 0; a negative errno where the thread could not enter, a positive one where it could not come back: `fn` has
   * not run then.
   */
  runInside(fd: number, type: string, flag: number, fn: () => void): number

  /** ── /proc/PID/status, parsed: a negative errno where it could not be read ── */
  parseStatus(text: Uint8Array): StatusBatch | StatusFault
  /** 0 is the caller. -ESRCH where the process has ended. */
  readStatus(pid: number): StatusBatch | StatusFault | number
  readAllStatuses(): StatusBatch | StatusFault | number
  /** Key, value, key, value… of one process's bytes. */
  statusFields(text: Uint8Array): string[]
  /** Name, slots, name, slots… of the columns in a row. */
  statusColumns(): Array<string | number>
}

/** Rows of eight-byte slots (lib/status/columns.ts), and what they point into. */
export interface StatusBatch {
  /** The texts that were parsed, one behind the other. */
  bytes: ArrayBuffer
  slots: ArrayBuffer
  /** Doubles: the lists of all rows. */
  numbers: ArrayBuffer
  /** latin1, each once. */
  strings: string[]
}
/** What lib/namespaces/list/rows.ts reads. */
export interface NamespaceRows {
  /** Rows of eight 64-bit numbers. */
  numbers: ArrayBuffer
  /** Row by row: the command, then its paths. */
  texts: string[]
}
/** A line that does not read. */
export interface StatusFault {
  line: number
  reason: string
  pid: number
}

let loaded: Native | undefined

/** The addon, loaded at the first call: importing the package is safe on any platform. */
export function native(): Native {
  loaded ??= load()
  return loaded
}

function load(): Native {
  if (process.platform !== 'linux') throw new UnsupportedPlatformError()
  // The package's root is one folder above dist/ and two above lib/native/.
  const root = require('./root.js').packageRoot as string
  try {
    return require('node-gyp-build')(root) as Native
  } catch (cause) {
    throw noAddon(root, cause)
  }
}

/** Installed without its script (--ignore-scripts, or npm's allowScripts), or copied from another machine. */
function noAddon(root: string, cause: unknown): Error {
  const message = [
    `there is no native addon for ${process.platform}-${process.arch} in ${root}.`,
    "Run 'npm rebuild nskit', which compiles it where no prebuilt one fits: that takes a C++ compiler, make and Python.",
    "Where npm asks for it, allow the install script first ('npm approve-scripts nskit').",
  ].join(' ')
  return Object.assign(new Error(message, { cause }), { code: 'ERR_NSKIT_NO_ADDON' })
}
