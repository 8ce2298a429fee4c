import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { typeError } from '../plan/check.js'
import { SYNC_OPTIONS } from '../plan/option-names.js'
import { parseCall, validate } from '../plan/validate.js'
import { NamespacedProcess } from './namespaced-process.js'
import type { SpawnOptions } from './options.js'
import { checkInput, checkMaxBuffer } from './spawn-sync.js'

export interface ExecFileOptions extends SpawnOptions {
  /** Of stdout and stderr. Default 'utf8'. */
  readonly encoding?: BufferEncoding | undefined
  /** Bytes of stdout or stderr after which the command is killed and the call rejects. Default 1 MiB. */
  readonly maxBuffer?: number | undefined
  /** Written to stdin, which is then closed. */
  readonly input?: string | Uint8Array | undefined
}

export interface ExecFileResult {
  stdout: string
  stderr: string
}

/** How execFile rejects when the command ran and did not end with 0; of a set-up that failed, a SetupError. */
export interface ExecFileError extends Error {
  /** The exit code, null after a signal; a string for a limit that was passed. */
  code: number | string | null
  signal: NodeJS.Signals | null
  killed: boolean
  cmd: string
  stdout: string
  stderr: string
}

/**
 * Runs `command` to its end and gives its output, as util.promisify(child_process.execFile).
 * Rejects on a non-zero exit with `code`, `signal`, `stdout` and `stderr` on the error. The promise has the running
 * process as `child`.
 */
export function execFile(
  command: string,
  args?: readonly string[],
  options?: ExecFileOptions,
): Promise<ExecFileResult> & { child: NamespacedProcess }
export function execFile(
  command: string,
  options?: ExecFileOptions,
): Promise<ExecFileResult> & { child: NamespacedProcess }
export function execFile(
  command: string,
  second?: unknown,
  third?: unknown,
): Promise<ExecFileResult> & { child: NamespacedProcess } {
  const call = parseCall(command, second, third)
  const options = call.options as ExecFileOptions
  const settings = validate(call, SYNC_OPTIONS)
  const encoding = checkEncoding(options.encoding)
  const maxBuffer = checkMaxBuffer(options.maxBuffer)
  const input = checkInput(options.input)

  const child = new NamespacedProcess(settings)
  const collected = new Collected(child, encoding, maxBuffer, settings.process.killSignal)
  feed(child, input)
  const promise = outcome(child, collected)
  return Object.assign(promise, { child })
}

function outcome(child: NamespacedProcess, collected: Collected): Promise<ExecFileResult> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined
    child.on('error', (error) => {
      failure ??= error
    })
    child.on('close', (code: number | null, signal: NodeJS.Signals | null) => {
      const output = collected.texts()
      const error =
        failure ??
        collected.overflow ??
        (code === 0 && signal === null ? undefined : exitError(child, output.stderr))
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
  readonly #parts: { stdout: string; stderr: string } = { stdout: '', stderr: '' }

  readonly #killSignal: number

  constructor(child: NamespacedProcess, encoding: BufferEncoding, maxBuffer: number, killSignal: number) {
    this.#killSignal = killSignal
    this.#collect(child, 'stdout', encoding, maxBuffer)
    this.#collect(child, 'stderr', encoding, maxBuffer)
  }

  texts(): ExecFileResult {
    return { ...this.#parts }
  }

  #collect(
    child: NamespacedProcess,
    name: 'stdout' | 'stderr',
    encoding: BufferEncoding,
    maxBuffer: number,
  ): void {
    const stream: Readable | null = child[name]
    if (stream === null) return
    const decoder = new StringDecoder(encoding)
    let room = maxBuffer
    stream.on('data', (chunk: Buffer) => {
      this.#parts[name] += decoder.write(chunk.subarray(0, Math.max(0, room)))
      room -= chunk.length
      if (room >= 0 || this.overflow !== undefined) return
      this.overflow = overflowError(name)
      child.kill(this.#killSignal)
      child.stdout?.destroy()
      child.stderr?.destroy()
    })
    stream.on('end', () => {
      this.#parts[name] += decoder.end()
    })
  }
}

function overflowError(name: string): Error {
  const error: NodeJS.ErrnoException = new RangeError(`${name} maxBuffer length exceeded`)
  error.code = 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER'
  return error
}

function checkEncoding(encoding: unknown): BufferEncoding {
  if (encoding === undefined || encoding === null) return 'utf8'
  if (typeof encoding === 'string' && Buffer.isEncoding(encoding)) return encoding
  throw typeError('encoding', 'a Buffer encoding', encoding)
}
