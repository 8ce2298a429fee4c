/** Chunks of lines in, chunks of JSON lines out. */

import { checkInteger, checkObject, typeError } from '../plan/check.js'
import type { LabelSet } from './labels.js'
import { LineSplitter } from './line-splitter.js'
import { LineWriter } from './line-writer.js'

/** Of createLogTagger() and tagLogs(). */
export interface LogTaggerOptions {
  /** In bytes, without its end. A longer line comes in pieces. Default 1 MiB. */
  maxLineLength?: number | undefined
  /** The clock, in milliseconds since 1970. Default Date.now. */
  now?: (() => number) | undefined
}

export interface TaggerSettings {
  readonly maxLineLength: number
  readonly now: () => number
}

const MAX_LINE = 1 << 20
/** A character of UTF-8 fits in. */
const SHORTEST = 4
const LONGEST = 1 << 26

export function settingsOf(options: LogTaggerOptions = {}): TaggerSettings {
  const { maxLineLength = MAX_LINE, now = Date.now } = checkObject('options', options) as LogTaggerOptions
  checkInteger('options.maxLineLength', maxLineLength, SHORTEST, LONGEST)
  if (typeof now !== 'function') throw typeError('options.now', 'a function', now)
  return { maxLineLength, now }
}

export class LineTagger {
  readonly #now: () => number
  readonly #writer: LineWriter
  readonly #lines: LineSplitter

  constructor(labels: LabelSet, { maxLineLength, now }: TaggerSettings) {
    this.#now = now
    this.#writer = new LineWriter(labels)
    this.#lines = new LineSplitter(maxLineLength, this.#writer)
  }

  /** What the chunk has completed; may be empty. */
  feed(chunk: Buffer): Buffer {
    this.#writer.begin(chunk, this.#now())
    this.#lines.feed(chunk)
    return this.#writer.take()
  }

  /** The last line, where it has no end. */
  end(): Buffer {
    this.#writer.begin(undefined, this.#now())
    this.#lines.end()
    return this.#writer.take()
  }
}
