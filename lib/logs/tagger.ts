import { Transform, type TransformCallback } from 'node:stream'
import { type LogLabels, labelSet } from './labels.js'
import { LineTagger, type LogTaggerOptions, settingsOf } from './line-tagger.js'

/** Taken from a chunk at once: what comes out can be a hundred times as long, when the lines are short. */
const SLICE = 1 << 16

export function createLogTagger(labels: LogLabels, options?: LogTaggerOptions): Transform {
  return new LogTagger(new LineTagger(labelSet(labels), settingsOf(options)))
}

class LogTagger extends Transform {
  readonly #tagger: LineTagger
  /** The rest of a chunk, when the reader wants no more for now. */
  #rest: (() => void) | undefined

  constructor(tagger: LineTagger) {
    // Strings as the bytes that they stand for.
    super({ decodeStrings: true })
    this.#tagger = tagger
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#tag(chunk, 0, done)
  }

  override _read(size: number): void {
    const rest = this.#rest
    this.#rest = undefined
    if (rest === undefined) super._read(size)
    else rest()
  }

  override _flush(done: TransformCallback): void {
    try {
      const output = this.#tagger.end()
      if (output.length > 0) this.push(output)
    } catch (error) {
      done(error as Error)
      return
    }
    done()
  }

  #tag(chunk: Buffer, start: number, done: TransformCallback): void {
    for (let at = start; at < chunk.length; ) {
      let output: Buffer
      try {
        output = this.#tagger.feed(chunk.subarray(at, at + SLICE))
      } catch (error) {
        done(error as Error)
        return
      }
      at += SLICE
      if (output.length > 0 && !this.push(output) && at < chunk.length) {
        this.#rest = () => this.#tag(chunk, at, done)
        return
      }
    }
    done()
  }
}
