import type { Readable } from 'node:stream'
import { typeError } from '../plan/check.js'
import { SYNC_OPTIONS } from '../plan/option-names.js'
import { parseCall, validate } from '../plan/validate.js'
import { NamespacedProcess } from './namespaced-process.js'
import type { SpawnOptions } from './options.js'
import { checkInput, checkMaxBuffer } from './spawn-sync.js'

/** Options of execFile(): spawn()'s, and what becomes of input and output. */
export interface ExecFileOptions extends SpawnOptions {
  /** In which stdout and stderr are decoded; 'buffer' or null: not at all. Default 'utf8'. */
  readonly encoding?: BufferEncoding | 'buffer' | null | undefined
  /** Bytes of stdout or stderr after which the command is killed and the call rejects. Default 1 MiB. */
  readonly maxBuffer?: number | undefined
  /** Written to stdin, which is then closed. */
  readonly input?: string | Uint8Array | undefined
}

/** All that a command has written that ended with 0. */
export interface ExecFileResult<T extends string | Buffer = string> {
  /** Decoded as `encoding` says. */
  stdout: T
  /** Decoded as `encoding` says. */
  stderr: T
}

/** How execFile rejects when the command ran and did not end with 0; of a set-up that failed, a SetupError. */
export interface ExecFileError<T extends string | Buffer = string> extends Error {
  /** The exit code, null after a signal; a string for a limit that was passed. */
  code: number | string | null
  /** The signal that ended it, else null. */
  signal: NodeJS.Signals | null
  /** Whether it was sent a signal from here: `timeout`, the AbortSignal, kill(). Not set where `maxBuffer` was passed. */
  killed: boolean
  /** The command and its arguments, with spaces between. */
  cmd: string
  /** What it had written until then. */
  stdout: T
  /** What it had written until then. */
  stderr: T
}

/** execFile's promise: besides the output it has the process. */
export type ExecFilePromise<T extends string | Buffer = string> = Promise<ExecFileResult<T>> & {
  /** The running process. */
  child: NamespacedProcess
}

/**
 * Runs `command` to its end and gives its output, as util.promisify(child_process.execFile).
 * Rejects on a non-zero exit with `code`, `signal`, `stdout` and `stderr` on the error. The promise has the running
 * process as `child`.
 */
export function execFile(
  command: string,
  args: readonly string[] | undefined,
  options: ExecFileOptions & { readonly encoding: 'buffer' | null },
): ExecFilePromise<Buffer>
export function execFile(
  command: string,
  options: ExecFileOptions & { readonly encoding: 'buffer' | null },
): ExecFilePromise<Buffer>
export function execFile(
  command: string,
  args?: readonly string[],
  options?: ExecFileOptions & { readonly encoding?: BufferEncoding | undefined },
): ExecFilePromise
export function execFile(
  command: string,
  options?: ExecFileOptions & { readonly encoding?: BufferEncoding | undefined },
): ExecFilePromise
export function execFile(command: string, options?: ExecFileOptions): ExecFilePromise<string | Buffer>
export function execFile(
  command: string,
  args?: readonly string[],
  options?: ExecFileOptions,
): ExecFilePromise<string | Buffer>
export function execFile(
  command: string,
  second?: unknown,
  third?: unknown,
): ExecFilePromise<string | Buffer> {
  const call = parseCall(command, second, third)
  const options = call.options as ExecFileOptions
  const settings = validate(call, SYNC_OPTIONS)
  const encoding = checkEncoding(options.encoding)
  const maxBuffer = checkMaxBuffer(options.maxBuffer)
  const input = checkInput(options.input)

  const child = new NamespacedProcess(settings)
  const collected = new Collected(child, maxBuffer, settings.process.killSignal)
  feed(child, input)
  const promise = outcome(child, collected, encoding)
  return Object.assign(promise, { child })
}

function outcome(
  child: NamespacedProcess,
  collected: Collected,
  encoding: BufferEncoding | undefined,
): Promise<ExecFileResult<string | Buffer>> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined
    child.on('error', (error) => {
      failure ??= error
    })
    child.on('close', (code: number | null, signal: NodeJS.Signals | null) => {
      const output = collected.output(encoding)
      const error =
        failure ??
        collected.overflow ??
        (code === 0 && signal === null ? undefined : exitError(child, String(output.stderr)))
      if (error === undefined) return resolve(output)
      reject(Object.assign(error, ownFields(error, child), { cmd: child.spawnargs.join(' ') }, output))
    })
  })
}

/** The exit goes onto an error that speaks of it; one with a code of its own keeps that alone, as Node's does. */
function ownFields(error: Error, child: NamespacedProcess): object {
  if ('code' in error) return {}
  return { code: child.exitCode, signal: child.signalCode, killed: child.killed }
}

function exitError(child: NamespacedProcess, stderr: string): Error {
  return new Error(`Command failed: ${child.spawnargs.join(' ')}\n${stderr}`)
}

function feed({ stdin }: NamespacedProcess, input: Uint8Array | null): void {
  if (stdin === null || input === null) return
  // A command that does not read its input to the end is no error of the caller's.
  stdin.on('error', () => {})
  stdin.end(input)
}

class Collected {
  overflow: Error | undefined
  readonly #parts: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] }
  readonly #killSignal: number

  constructor(child: NamespacedProcess, maxBuffer: number, killSignal: number) {
    this.#killSignal = killSignal
    this.#collect(child, 'stdout', maxBuffer)
    this.#collect(child, 'stderr', maxBuffer)
  }

  /** Decoded as a whole: a character may have come in two chunks. */
  output(encoding: BufferEncoding | undefined): ExecFileResult<string | Buffer> {
    const whole = (parts: Buffer[]) => {
      const bytes = Buffer.concat(parts)
      return encoding === undefined ? bytes : bytes.toString(encoding)
    }
    return { stdout: whole(this.#parts.stdout), stderr: whole(this.#parts.stderr) }
  }

  #collect(child: NamespacedProcess, name: 'stdout' | 'stderr', maxBuffer: number): void {
    const stream: Readable | null = child[name]
    if (stream === null) return
    let room = maxBuffer
    stream.on('data', (chunk: Buffer) => {
      this.#parts[name].push(chunk.subarray(0, Math.max(0, room)))
      room -= chunk.length
      if (room >= 0 || this.overflow !== undefined) return
      this.overflow = overflowError(name)
      child.kill(this.#killSignal)
      child.stdout?.destroy()
      child.stderr?.destroy()
    })
  }
}

function overflowError(name: string): Error {
  const error: NodeJS.ErrnoException = new RangeError(`${name} maxBuffer length exceeded`)
  error.code = 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER'
  return error
}

/** undefined: none. */
function checkEncoding(encoding: unknown): BufferEncoding | undefined {
  if (encoding === undefined) return 'utf8'
  if (encoding === null || encoding === 'buffer') return undefined
  if (typeof encoding === 'string' && Buffer.isEncoding(encoding)) return encoding
  throw typeError('encoding', "a Buffer encoding or 'buffer'", encoding)
}
