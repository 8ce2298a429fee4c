import { Transform, type TransformCallback } from 'node:stream'
import { ContainerRegistry, directoryOf } from '../identity/registry.js'
import { checkBoolean, checkObject, checkText, typeError } from '../plan/check.js'
import { LineTagger } from './line-tagger.js'
import { LineSplitter } from './lines.js'

/** Of createAuditTagger(). */
export interface AuditTaggerOptions {
  /** The original line under `raw`. Default false; lines that are no record have it always. */
  raw?: boolean | undefined
  /**
   * The registry's host, as `node=` names it in logs of several: records of other nodes have other hosts' ids and are
   * given no container. Default: every record is of the registry's host.
   */
  node?: string | undefined
  /**
   * Called, once each time, when the registry's file cannot be read: it is torn, say. The tagger goes on with what was
   * there before, and reads it again as soon as it is another. Default: process.emitWarning().
   */
  onRegistryError?: ((error: Error) => void) | undefined
}

/** What createAuditTagger() of api.ts does. */
export function createAuditTagger(registry: ContainerRegistry, options: AuditTaggerOptions = {}): Transform {
  if (!(registry instanceof ContainerRegistry)) throw typeError('registry', 'a ContainerRegistry', registry)
  const { raw, node, onRegistryError = warn } = checkObject('options', options)
  if (typeof onRegistryError !== 'function')
    throw typeError('options.onRegistryError', 'a function', onRegistryError)
  return new AuditTagger(
    registry,
    checkBoolean('options.raw', raw) ?? false,
    node === undefined ? undefined : checkText('options.node', node),
    onRegistryError as (error: Error) => void,
  )
}

function warn({ message }: Error): void {
  process.emitWarning(`${message}: going on with the containers known before`, { code: 'NSKIT_REGISTRY' })
}

class AuditTagger extends Transform {
  readonly #registry: ContainerRegistry
  readonly #tagger: LineTagger
  readonly #lines = new LineSplitter()
  readonly #onRegistryError: (error: Error) => void
  /** What is wrong with the file, and has been said. */
  #fault = ''
  #timer: NodeJS.Timeout | undefined

  constructor(
    registry: ContainerRegistry,
    raw: boolean,
    node: string | undefined,
    onRegistryError: (error: Error) => void,
  ) {
    // Strings as the bytes that they stand for.
    super({ decodeStrings: true })
    this.#registry = registry
    this.#onRegistryError = onRegistryError
    this.#tagger = new LineTagger(raw, node)
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#work(done, () => {
      this.#tagger.use(this.#directory())
      this.#lines.feed(chunk, this.#tagger)
    })
  }

  override _flush(done: TransformCallback): void {
    this.#work(done, () => {
      this.#tagger.use(this.#directory())
      this.#lines.end(this.#tagger)
      this.#tagger.release()
    })
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#timer)
    done(error)
  }

  #directory() {
    try {
      this.#registry.refresh()
      this.#fault = ''
    } catch (error) {
      // Records lost for a file that somebody is writing by hand would be the worse answer.
      const { message } = error as Error
      if (message !== this.#fault) this.#onRegistryError(error as Error)
      this.#fault = message
    }
    return directoryOf(this.#registry)
  }

  #work(done: TransformCallback, work: () => void): void {
    try {
      work()
    } catch (error) {
      done(error as Error)
      return
    }
    this.#send()
    done()
  }

  #send(): void {
    if (this.#tagger.length > 0) this.push(this.#tagger.take())
    clearTimeout(this.#timer)
    this.#timer = undefined
    const wait = this.#tagger.heldFor()
    if (wait === undefined || this.destroyed) return
    // Not to keep a process alive: end() releases what is held.
    this.#timer = setTimeout(() => {
      this.#tagger.releaseOverdue()
      this.#send()
    }, wait).unref()
  }
}
