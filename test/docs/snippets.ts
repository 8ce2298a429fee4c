import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = join(__dirname, '../..')

export interface Snippet {
  /** 'README.md:30', the line of its first line of code. */
  place: string
  code: string
  /** What its `// → ` comments promise it prints, line by line; '…' stands for anything. */
  promised: string[]
}

export const DOCUMENTS: readonly string[] = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    // What typedoc makes is no text of ours.
    .filter((name) => !name.startsWith('api/'))
    .map((name) => `docs/${name}`)
    .sort(),
]

export function textOf(document: string): string {
  return readFileSync(join(ROOT, document), 'utf8')
}

/** Every ```js block of a document. */
export function snippetsOf(document: string): Snippet[] {
  const text = textOf(document)
  return [...text.matchAll(/^```js\n(.*?)^```$/gms)].map((match) => {
    const code = match[1] as string
    const line = text.slice(0, match.index).split('\n').length + 1
    const promised = [...code.matchAll(/\/\/ → (.*)$/gm)].map((comment) => comment[1] as string)
    return { place: `${document}:${line}`, code, promised }
  })
}

/** As a pattern for the whole output. */
export function pattern(promised: readonly string[]): RegExp {
  const lines = promised.map((line) => line.split('…').map(escaped).join('.*'))
  return new RegExp(`^${lines.join('\n')}\\s*$`)
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
