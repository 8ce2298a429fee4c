import { constants } from 'node:os'
import { systemError } from '../errors/system-error.js'
import { native, type SyncPipe, type SyncResult } from '../native/binding.js'
import { checkInteger, typeError } from '../plan/check.js'
import { SYNC_OPTIONS } from '../plan/option-names.js'
import type { Settings } from '../plan/settings.js'
import { parseCall, validate } from '../plan/validate.js'
import { signalName } from '../tables/signals.js'
import { errorOf, isRefusal } from './failure.js'
import { type Prepared, prepare } from './launch.js'
import type { SpawnOptions } from './options.js'
import { type OpenedStdio, openStdio } from './stdio.js'

/** child_process's default, 1 MiB. */
const DEFAULT_MAX_BUFFER = 1024 * 1024

/** Options of spawnSync(): spawn()'s, and what becomes of input and output. */
export interface SpawnSyncOptions extends SpawnOptions {
  /** Written to stdin, which is then closed. */
  readonly input?: string | Uint8Array | undefined
  /** In which stdout and stderr are decoded; 'buffer' or null: not at all. Default 'buffer'. */
  readonly encoding?: BufferEncoding | 'buffer' | null | undefined
  /** Bytes of stdout or stderr after which the command is killed. Default 1 MiB. */
  readonly maxBuffer?: number | undefined
}

/** How a command ended, in the shape of child_process.spawnSync's. */
export interface SpawnSyncResult<T = Buffer | string> {
  /** undefined where the command never ran. */
  pid: number | undefined
  /** What it wrote, by descriptor; null where there was no pipe. */
  output: Array<T | null>
  /** `output[1]`. */
  stdout: T
  /** `output[2]`. */
  stderr: T
  /** The exit code; null after a signal, and where it never ran. */
  status: number | null
  /** The signal that ended it, else null. */
  signal: NodeJS.Signals | null
  /** Its audit session, where the option asked for one and the kernel gave it. */
  auditSession?: number
  /** A SetupError where it never ran; ETIMEDOUT or ENOBUFS where a limit ended it. */
  error?: Error
}

/**
 * Runs `command` to its end, blocking the thread. Needs no event loop: the addon waits and moves the data.
 * @throws TypeError or RangeError for a wrong option; everything else is in `error`.
 */
export function spawnSync(
  command: string,
  args: readonly string[] | undefined,
  options: SpawnSyncOptions & { readonly encoding: BufferEncoding },
): SpawnSyncResult<string>
export function spawnSync(
  command: string,
  options: SpawnSyncOptions & { readonly encoding: BufferEncoding },
): SpawnSyncResult<string>
export function spawnSync(
  command: string,
  args?: readonly string[],
  options?: SpawnSyncOptions & { readonly encoding?: 'buffer' | null | undefined },
): SpawnSyncResult<Buffer>
export function spawnSync(
  command: string,
  options?: SpawnSyncOptions & { readonly encoding?: 'buffer' | null | undefined },
): SpawnSyncResult<Buffer>
export function spawnSync(command: string, options?: SpawnSyncOptions): SpawnSyncResult
export function spawnSync(
  command: string,
  args?: readonly string[],
  options?: SpawnSyncOptions,
): SpawnSyncResult
export function spawnSync(command: string, second?: unknown, third?: unknown): SpawnSyncResult {
  const call = parseCall(command, second, third)
  const options = call.options as SpawnSyncOptions
  const settings = validate(call, SYNC_OPTIONS)
  const input = checkInput(options.input)
  const maxBuffer = checkMaxBuffer(options.maxBuffer)
  const decode = decoder(options.encoding)
  if (settings.process.signal?.aborted) settings.process.signal.throwIfAborted()

  native()
  try {
    const { result, prepared } = run(settings, input, maxBuffer)
    return shape(result, prepared, settings, decode)
  } catch (error) {
    if (!isRefusal(error)) throw error
    return { ...nothing(decode), error }
  }
}

function run(
  settings: Settings,
  input: Uint8Array | null,
  maxBuffer: number,
): { result: SyncResult; prepared: Prepared } {
  const stdio = openStdio(settings.process)
  try {
    const prepared = prepare(settings, stdio)
    const pipes = pipesOf(stdio, input)
    const { timeout, killSignal } = settings.process
    const result = native().runSync(prepared.bytes, prepared.pass, prepared.inheritsEnvironment, {
      pipes,
      // The addon closes them once the child has its own: else the outputs would never end.
      childEnds: Int32Array.from(stdio.takeChildEnds()),
      timeout,
      killSignal,
      maxBuffer: Math.min(maxBuffer, Number.MAX_SAFE_INTEGER),
    })
    return { result, prepared }
  } catch (error) {
    stdio.closeAll()
    throw error
  }
}

type Decode<T> = (bytes: Buffer | null) => T

function pipesOf(stdio: OpenedStdio, input: Uint8Array | null): SyncPipe[] {
  return stdio.takeParentEnds().flatMap((fd, index) => {
    if (fd === undefined) return []
    // Without input stdin is at its end at once, as child_process.spawnSync's.
    return [{ fd, index, input: index === 0 ? (input ?? new Uint8Array(0)) : null, read: index !== 0 }]
  })
}

function shape<T extends Buffer | string>(
  result: SyncResult,
  prepared: Prepared,
  settings: Settings,
  decode: Decode<T>,
): SpawnSyncResult<T> {
  const { command } = settings
  if (result.failed !== null) {
    return { ...nothing(decode), error: errorOf(result.failed, prepared.compiled.plan, command, 'spawnSync') }
  }
  const output: Array<T | null> = settings.process.stdio.map(() => null)
  result.pipes.forEach(({ index, output: bytes }) => {
    if (bytes !== null) output[index] = decode(bytes)
  })
  const shaped: SpawnSyncResult<T> = {
    pid: result.pid,
    output,
    // As child_process: null where there was no pipe.
    stdout: (output[1] ?? null) as T,
    stderr: (output[2] ?? null) as T,
    status: result.signal === 0 ? result.exitCode : null,
    signal: result.signal === 0 ? null : signalName(result.signal),
  }
  if (result.auditSession !== 0) shaped.auditSession = result.auditSession
  const error = limitError(result, command.file)
  if (error !== undefined)
    shaped.error = Object.assign(error, { path: command.file, spawnargs: command.argv.slice(1) })
  return shaped
}

function limitError({ timedOut, overflowed }: SyncResult, file: string): Error | undefined {
  if (timedOut) return systemError(-constants.errno.ETIMEDOUT, `spawnSync ${file}`)
  if (overflowed) return systemError(-constants.errno.ENOBUFS, `spawnSync ${file}`)
  return undefined
}

function nothing<T>(decode: Decode<T>): SpawnSyncResult<T> {
  return {
    pid: undefined,
    output: [],
    stdout: decode(null),
    stderr: decode(null),
    status: null,
    signal: null,
  }
}

export function checkInput(input: unknown): Uint8Array | null {
  if (input === undefined || input === null) return null
  if (typeof input === 'string') return Buffer.from(input)
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
  throw typeError('input', 'a string or bytes', input)
}

export function checkMaxBuffer(value: unknown): number {
  if (value === undefined) return DEFAULT_MAX_BUFFER
  if (value === Number.POSITIVE_INFINITY) return Number.MAX_SAFE_INTEGER
  return checkInteger('maxBuffer', value, 0, Number.MAX_SAFE_INTEGER)
}

function decoder(encoding: unknown): Decode<Buffer | string> {
  if (encoding === undefined || encoding === null || encoding === 'buffer')
    return (bytes) => bytes ?? Buffer.alloc(0)
  if (!Buffer.isEncoding(encoding as string))
    throw typeError('encoding', "a Buffer encoding or 'buffer'", encoding)
  return (bytes) => (bytes === null ? '' : bytes.toString(encoding as BufferEncoding))
}
