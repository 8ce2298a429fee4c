import { buffer } from 'node:stream/consumers'
import { createLogTagger, type LogLabels, type LogTaggerOptions } from '../../lib/logs/index.js'

const NOON = '2026-01-02T12:00:00.000Z'
export const LABELS: LogLabels = { namespace: 'box', stream: 'stdout', pid: 7 }
/** What every line has by these. */
export const TAGS = { namespace: 'box', stream: 'stdout', pid: 7, time: NOON }

/** What Python's splitlines(), for one, splits at too. */
const OTHER_ENDS = [0x0b, 0x0c, 0x0d, 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029]

type Input = string | Uint8Array

export interface Tagging extends LogTaggerOptions {
  labels?: LogLabels
}

/** What comes out, as text. */
export async function output(chunks: Input | readonly Input[], tagging: Tagging = {}): Promise<string> {
  const { labels = LABELS, ...options } = tagging
  const tagger = createLogTagger(labels, { now: () => Date.parse(NOON), ...options })
  const whole = buffer(tagger)
  for (const chunk of typeof chunks === 'string' || chunks instanceof Uint8Array ? [chunks] : chunks)
    tagger.write(chunk)
  tagger.end()
  return (await whole).toString()
}

/** The lines as values. Each must be one by every notion of a line that there is. */
export async function tagged(
  chunks: Input | readonly Input[],
  tagging: Tagging = {},
): Promise<Array<Record<string, unknown>>> {
  const text = await output(chunks, tagging)
  if (text === '') return []
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  for (const code of OTHER_ENDS)
    if (text.includes(String.fromCharCode(code))) throw new Error(`a line ends within: ${code}`)
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** The bytes of a line that was no object, from its fields: what docs/logs.md says. */
export function bytesOf(entry: Record<string, unknown>): Buffer {
  const { message, escaped, eol, partial } = entry as {
    message: string
    escaped?: true
    eol?: string
    partial?: true
  }
  const end = Buffer.from(partial ? '' : (eol ?? '\n'))
  if (!escaped) return Buffer.concat([Buffer.from(message), end])
  const parts = message.split(/(\\\\|\\x[0-9a-f]{2})/).map((part) => {
    if (part === '\\\\') return Buffer.from('\\')
    return part.startsWith('\\x') ? Buffer.from(part.slice(2), 'hex') : Buffer.from(part)
  })
  return Buffer.concat([...parts, end])
}
