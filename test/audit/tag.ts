import { finished } from 'node:stream/promises'
import { type AuditTaggerOptions, createAuditTagger } from '../../lib/audit/index.js'
import type { ContainerRegistry } from '../../lib/identity/index.js'
import { containers } from './records.js'

export interface Tagged {
  node?: string
  type?: string
  time?: number
  serial?: number
  namespace?: string
  candidates?: Array<{ name: string; containerID: number }>
  via?: string
  fields?: Record<string, string | { host: number; inside?: number; owner?: string }>
  enriched?: Record<string, string>
  error?: string
  raw?: string
  rawBase64?: string
}

/** What the tagger makes of `input`, cut at `cuts`, as one object for each line. */
export async function tag(
  registry: ContainerRegistry,
  input: string | Uint8Array,
  { cuts = [], ...options }: AuditTaggerOptions & { cuts?: number[] } = {},
): Promise<Tagged[]> {
  const tagger = createAuditTagger(registry, options)
  const parts: Buffer[] = []
  tagger.on('data', (part: Buffer) => parts.push(part))
  const bytes = Buffer.from(input as Uint8Array)
  let start = 0
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    tagger.write(bytes.subarray(start, cut))
    start = Math.max(start, cut)
  }
  tagger.end(bytes.subarray(start))
  await finished(tagger)
  return linesIn(Buffer.concat(parts).toString()).map((line) => JSON.parse(line))
}

/** Of the containers that records.ts has. */
export async function tagLines(...lines: string[]): Promise<Tagged[]> {
  return tag(containers, lines.map((each) => `${each}\n`).join(''))
}

/** Complete lines only: the last one must have its end. */
export function linesIn(text: string): string[] {
  const lines = text.split('\n')
  if (lines.pop() !== '') throw new Error('the last line has no end')
  return lines
}
