import { write } from 'node:fs'
import { Writable } from 'node:stream'

const STDOUT = 1

/** What is to be written, in the milliseconds before it is tried again. */
const PAUSE = 10

/**
 * A descriptor as a Writable that leaves the event loop free while its reader is slow. process.stdout writes to a pipe
 * synchronously: until somebody reads, no signal would be heard.
 */
class DescriptorWriter extends Writable {
  readonly #fd: number

  constructor(fd: number) {
    super({ decodeStrings: true })
    this.#fd = fd
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    write(this.#fd, chunk, 0, chunk.length, null, (error, written) => {
      // The other processes that have this pipe or terminal open may have made it non-blocking.
      if (error?.code === 'EAGAIN') setTimeout(() => this._write(chunk, _encoding, done), PAUSE)
      else if (error !== null) done(error)
      else if (written < chunk.length) this._write(chunk.subarray(written), _encoding, done)
      else done()
    })
  }
}

/**
 * Gives `work` standard output to write to. That its reader has left, as of `nskit … | head`, is no error: nobody is left
 * to write for. A write that fails otherwise says of what.
 */
export async function writingToStdout(work: (stdout: Writable) => Promise<void>): Promise<void> {
  try {
    await work(new DescriptorWriter(STDOUT))
  } catch (error) {
    const { code, syscall, message } = error as NodeJS.ErrnoException
    if (code === 'EPIPE') return
    if (syscall !== 'write') throw error
    throw Object.assign(error as Error, { message: `standard output: ${message}` })
  }
}
