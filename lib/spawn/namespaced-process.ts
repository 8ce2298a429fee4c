import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { systemError } from '../errors/system-error.js'
import { IdMap } from '../ids/index.js'
import { Namespace } from '../namespaces/namespace.js'
import { LAUNCH_EVENT, type NativeProcess, native } from '../native/binding.js'
import { joinsUser } from '../plan/joins.js'
import type { ResolvedMaps } from '../plan/maps.js'
import type { Settings } from '../plan/settings.js'
import { signalNumber } from '../plan/validate.js'
import type { NamespaceType } from '../tables/namespaces.js'
import { endsByDefault, signalName } from '../tables/signals.js'
import { errorOf, isRefusal } from './failure.js'
import { launch } from './launch.js'
import { limitLife } from './life-limits.js'
import { Settlement } from './settlement.js'
import { openStreams, type StdioStream } from './streams.js'

/** How a command ended; one of the two is null. */
export interface Exit {
  /** 0 to 255. */
  exitCode: number | null
  /** The signal that ended it. */
  signalCode: NodeJS.Signals | null
}

const ESRCH = -constants.errno.ESRCH
const EINVAL = -constants.errno.EINVAL
const EAGAIN = -constants.errno.EAGAIN

/**
 * A command in its namespaces, in the shape of child_process's ChildProcess: the events 'spawn', 'error', 'exit'
 * and 'close' have its meanings and its order.
 *
 * - 'spawn': the command has been executed; `pid` is set from here on.
 * - 'error': a step failed (a SetupError; the command never ran), or the AbortSignal fired. Where nobody listens it is
 *   thrown; a failed step is not where `spawned` or `exited` has been asked for, which rejects with it.
 * - 'exit': it has been reaped, and with a pid namespace its whole tree is gone. Not after a failed set-up.
 * - 'close': and its streams have ended.
 */
export class NamespacedProcess<
    In extends Writable | null = Writable | null,
    Out extends Readable | null = Readable | null,
    Err extends Readable | null = Readable | null,
  >
  extends EventEmitter
  implements AsyncDisposable
{
  /** null where it is no 'pipe'. */
  readonly stdin: In
  /** null where it is no 'pipe'. */
  readonly stdout: Out
  /** null where it is no 'pipe'. */
  readonly stderr: Err
  /** By descriptor: this side's ends, each a net.Socket; null where it is no 'pipe'. */
  readonly stdio: ReadonlyArray<StdioStream | null>
  /** The command, as it was given. */
  readonly spawnfile: string
  /** argv, argv[0] included. */
  readonly spawnargs: string[]
  /** The `name` option. */
  readonly name: string | undefined
  #pid: number | undefined
  #pidfd: number | undefined
  #auditSession: number | undefined
  #exitCode: number | null = null
  #signalCode: NodeJS.Signals | null = null
  #killed = false
  /** The signal that ended the set-up, sent from here. */
  #endedBy: number | undefined
  #handle: NativeProcess | undefined
  #state: 'starting' | 'running' | 'over' = 'starting'
  #early: number[] = []
  #openStreams = 0
  #liftLimits = (): void => {}
  #maps: { uid: IdMap; gid: IdMap } | undefined
  readonly #joinsUser: boolean
  readonly #spawned = new Settlement<void>()
  readonly #exited = new Settlement<Exit>()

  /** @hidden Made by `spawn`. */
  constructor(settings: Settings) {
    super()
    // Off Linux this throws: it is no refusal of a kernel, so no event.
    native()
    const { command, namespaces } = settings
    this.spawnfile = command.file
    this.spawnargs = [...command.argv]
    this.name = settings.process.name
    this.#joinsUser = namespaces.join.some(joinsUser)
    const parentEnds = this.#start(settings)
    this.stdio = openStreams(parentEnds, settings.process.stdio.length)
    // Which of them are null is what the overloads of spawn() say.
    this.stdin = this.#stream(0) as In
    this.stdout = this.#stream(1) as Out
    this.stderr = this.#stream(2) as Err
    for (const stream of this.stdio) if (stream !== null) this.#awaitClose(stream)
    if (this.#handle !== undefined) this.#liftLimits = limitLife(this, settings.process)
  }

  /** In the caller's pid namespace; undefined until 'spawn'. Under init it is the command's, not the init's. */
  get pid(): number | undefined {
    return this.#pid
  }

  /** Open from 'spawn' until soon after the exit; the library's own, so not to be closed. */
  get pidfd(): number | undefined {
    return this.#pidfd
  }

  /** From 'spawn' on, where the option asked for one and the kernel gave it: `ses=` of its audit records. */
  get auditSession(): number | undefined {
    return this.#auditSession
  }

  /** null until it has ended, and after a signal. Of a failed set-up the negative errno, as ChildProcess's. */
  get exitCode(): number | null {
    return this.#exitCode
  }

  /** The signal that ended it, else null. */
  get signalCode(): NodeJS.Signals | null {
    return this.#signalCode
  }

  /** Whether kill() has delivered a signal (or will, at 'spawn'). */
  get killed(): boolean {
    return this.#killed
  }

  /** Resolves when the command runs; rejects with what 'error' carries. */
  get spawned(): Promise<void> {
    return this.#spawned.promise
  }

  /** Resolves once it is reaped, as often as asked; rejects where the set-up failed. */
  get exited(): Promise<Exit> {
    return this.#exited.promise
  }

  /** The map of the command's user namespace: host ids are as the caller sees them. */
  get uidMap(): IdMap {
    return this.#map('uid')
  }

  /** As `uidMap`, for groups. */
  get gidMap(): IdMap {
    return this.#map('gid')
  }

  /**
   * Sends a signal to the command, through its pidfd: never to another process that got its number. Before the command
   * runs, a signal that would end it ends the set-up, and is reported as the command's end; one that would not is
   * sent at 'spawn'. Returns whether it was (or will be) delivered.
   */
  kill(signal: NodeJS.Signals | number = 'SIGTERM'): boolean {
    const number = signalNumber('signal', signal, 0)
    if (this.#state === 'over' || this.#handle === undefined || !this.#send(number)) return false
    this.#killed = true
    return true
  }

  /** The event loop waits for it again, after unref(). */
  ref(): void {
    this.#handle?.ref()
  }

  /** The event loop does not wait for it. */
  unref(): void {
    this.#handle?.unref()
  }

  /**
   * A handle on one of the command's namespaces, which outlives the command. To be closed by the caller.
   * @throws Error with code ESRCH before 'spawn' and after the exit.
   */
  namespace(type: NamespaceType): Namespace {
    if (this.#pid === undefined || this.#state !== 'running')
      throw systemError(ESRCH, 'open', `/proc/PID/ns/${type}`)
    const namespace = Namespace.of(this.#pid, type)
    // Under init another process reaps the command: its number may be somebody else's by now.
    const alive = this.#handle?.kill(0)
    if (alive === 0) return namespace
    namespace.close()
    throw systemError(ESRCH, 'open', `/proc/${this.#pid}/ns/${type}`)
  }

  /** As ChildProcess: SIGTERM, without waiting. */
  [Symbol.dispose](): void {
    if (!this.#killed) this.kill()
  }

  /** SIGKILL to the command, and with a pid namespace to its whole tree; waits until it is gone. Never rejects. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === 'starting') this.#endedBy ??= constants.signals.SIGKILL
    this.#handle?.destroy()
    await this.#exited.over()
    for (const stream of this.stdio) stream?.destroy()
  }

  #start(settings: Settings): ReadonlyArray<number | undefined> {
    try {
      const { handle, compiled, parentEnds } = launch(settings, (kind, a, b, c, d, text) => {
        if (kind === LAUNCH_EVENT.Running) this.#onRunning(a, b, c)
        else if (kind === LAUNCH_EVENT.Exited) this.#onExited(a, b)
        else if (kind === LAUNCH_EVENT.Failed) {
          const error = errorOf(
            { step: a, errno: b, detail: c, status: d, text },
            compiled.plan,
            settings.command,
          )
          if (this.#endedBy === undefined) this.#onFailed(error)
          else this.#onEndedEarly(this.#endedBy)
        }
      })
      this.#handle = handle
      if (!this.#joinsUser) this.#maps = mapsOf(compiled.maps)
      return parentEnds
    } catch (error) {
      if (!isRefusal(error)) throw error
      process.nextTick(() => this.#onFailed(error))
      return []
    }
  }

  #onRunning(pid: number, pidfd: number, auditSession: number): void {
    if (auditSession !== 0) this.#auditSession = auditSession
    this.#pid = pid
    this.#pidfd = pidfd
    this.#state = 'running'
    if (this.#joinsUser) this.#maps = this.#readMaps(pid)
    for (const signal of this.#early.splice(0)) this.#send(signal)
    this.#spawned.resolve()
    this.emit('spawn')
    this.#releaseStreams()
  }

  #onExited(exitCode: number, signal: number): void {
    if (signal === 0) this.#exitCode = exitCode
    // The end of a set-up is by SIGKILL, whatever was asked for: it may be PID 1, which no other signal ends.
    else
      this.#signalCode = signalName(signal === constants.signals.SIGKILL ? (this.#endedBy ?? signal) : signal)
    this.#end()
    this.#exited.resolve({ exitCode: this.#exitCode, signalCode: this.#signalCode })
    this.emit('exit', this.#exitCode, this.#signalCode)
    this.#flush()
  }

  /** The set-up was ended on purpose: to the caller that is a command which ended at once. */
  #onEndedEarly(signal: number): void {
    this.#spawned.resolve()
    this.emit('spawn')
    this.#onExited(-1, signal)
  }

  #onFailed(error: Error): void {
    // As ChildProcess: the negative errno stands where an exit code would.
    this.#exitCode = (error as NodeJS.ErrnoException).errno ?? -1
    this.#end()
    const isHeard = this.listenerCount('error') > 0
    const isAwaited = this.#spawned.asked || this.#exited.asked
    // Of two that were asked for, one is enough to learn of it.
    this.#exited.reject(error, isHeard || this.#spawned.asked)
    this.#spawned.reject(error, isHeard)
    try {
      // Thrown where nobody listens, as ChildProcess does; but who awaits a promise catches it there.
      if (isHeard || !isAwaited) this.emit('error', error)
    } finally {
      this.#flush()
    }
  }

  #end(): void {
    this.#state = 'over'
    this.#pidfd = undefined
    this.#liftLimits()
    this.stdin?.destroy()
    this.#releaseStreams()
  }

  /** As ChildProcess: what nobody reads is drained, or 'close' would never come. */
  #flush(): void {
    if (this.#openStreams > 0) {
      process.nextTick(() => {
        for (const stream of this.stdio) if (stream?.readable) stream.resume()
      })
    }
    this.#maybeClose()
  }

  #releaseStreams(): void {
    for (const stream of this.stdio) stream?.release()
  }

  #stream(index: number): StdioStream | null {
    return this.stdio[index] ?? null
  }

  #awaitClose(stream: Socket): void {
    this.#openStreams++
    stream.on('close', () => {
      this.#openStreams--
      if (this.#state === 'over') this.#maybeClose()
    })
  }

  #maybeClose(): void {
    if (this.#openStreams === 0) this.emit('close', this.#exitCode, this.#signalCode)
  }

  #send(signal: number): boolean {
    const result = this.#handle?.kill(signal) ?? ESRCH
    if (result === EAGAIN) this.#sendEarly(signal)
    if (result === 0 || result === EAGAIN) return true
    if (result === EINVAL) throw systemError(result, 'kill')
    if (result !== ESRCH) this.emit('error', systemError(result, 'kill'))
    return false
  }

  #sendEarly(signal: number): void {
    if (!endsByDefault(signal)) {
      this.#early.push(signal)
      return
    }
    this.#endedBy ??= signal
    this.#handle?.destroy()
  }

  #map(kind: 'uid' | 'gid'): IdMap {
    if (this.#maps !== undefined) return this.#maps[kind]
    if (!this.#joinsUser) return IdMap.identity
    throw systemError(ESRCH, 'open', `/proc/PID/${kind}_map`)
  }

  /** What the joined namespace maps is the kernel's to say: seen from here, in host ids. undefined where it has ended. */
  #readMaps(pid: number): { uid: IdMap; gid: IdMap } | undefined {
    try {
      const maps = { uid: IdMap.read(pid, 'uid'), gid: IdMap.read(pid, 'gid') }
      return this.#handle?.kill(0) === 0 ? maps : undefined
    } catch {
      return undefined
    }
  }
}

function mapsOf(maps: ResolvedMaps | undefined): { uid: IdMap; gid: IdMap } | undefined {
  return maps && { uid: maps.uid, gid: maps.gid }
}
