/** The public functions. What they do is a part of its own, loaded when first used. */

import type { Transform, Writable } from 'node:stream'
import type { LogLabels } from './labels.js'
import type { LogTaggerOptions } from './line-tagger.js'
import type { LogSource } from './tag-logs.js'

const part = (): typeof import('./part.js') => require('./part.js')

/**
 * Lines in, as a process writes them; for each one line of JSON out, in the same order, with the labels and `time`
 * (ISO 8601, when its end was read).
 *
 * - A line that is a JSON object keeps its fields, as they are written: numbers keep all their digits. A field that is
 *   called as a label is stays as `line_NAME`, with one more `line_` for as long as there is a field of that name.
 * - Any other line is `message`. `escaped: true`: it was not all UTF-8; each byte that was not is `\xNN` in it, and
 *   each backslash is two. `eol`: what it ended with where that was not a line feed: `"\r\n"`, or `""` at the end.
 * - A line that is longer than `maxLineLength` bytes is several, all but the last with `partial: true`.
 *
 * A label that is called as one of those is the label; the other is then `line_message` and so on.
 *
 * @throws TypeError or RangeError for a wrong label or option. `time` is no label.
 */
export function createLogTagger(labels: LogLabels, options?: LogTaggerOptions): Transform {
  return part().createLogTagger(labels, options)
}

/**
 * Tags what a child writes to its stdout and its stderr, those of them that are pipes, and writes it to `destination`,
 * which is not ended: whole lines, each stream's in its order. A child that writes faster than the destination takes it
 * has to wait. To be called in the same tick as `spawn`, or what was written before may be lost.
 *
 * Resolves when both streams have ended and all is written. The label `namespace` is by default the child's name; `stream`
 * and `pid` are set.
 *
 * Rejects with a TypeError or RangeError, before anything is read, where an argument is wrong, the child has neither
 * pipe, or no namespace is known; and with the destination's error when that fails. The child's ends are closed then, and
 * it gets SIGPIPE or EPIPE when it writes on.
 */
export async function tagLogs(
  child: LogSource,
  destination: Writable,
  labels?: Record<string, unknown>,
  options?: LogTaggerOptions,
): Promise<void> {
  return part().tagLogs(child, destination, labels, options)
}
