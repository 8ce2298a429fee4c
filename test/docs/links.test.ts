import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DOCUMENTS, ROOT, textOf } from './snippets'

/** Relative links: [text](path#heading). */
const LINKS = DOCUMENTS.flatMap((document) =>
  [...textOf(document).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map((match) => ({
    document,
    path: match[1] === '' ? document : join(dirname(document), match[1] as string),
    heading: match[2],
  })),
)

it('there are links to follow', () => {
  expect(LINKS.length).toBeGreaterThan(10)
})

it.each(LINKS)('$document links to $path $heading', ({ path, heading }) => {
  expect(existsSync(join(ROOT, path))).toBe(true)
  if (heading !== undefined) expect(headingsOf(path)).toContain(heading)
})

it('every document is linked to', () => {
  const linked = new Set(LINKS.map(({ path }) => path))
  expect(DOCUMENTS.filter((document) => document !== 'README.md' && !linked.has(document))).toEqual([])
})

it('every npm script that a document names is there', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const named = DOCUMENTS.flatMap((document) => [...textOf(document).matchAll(/npm run ([\w:-]+)/g)])
  expect(named.length).toBeGreaterThan(0)
  for (const [, name] of named) expect(scripts).toHaveProperty([name as string])
})

/** As GitHub names the anchors of headings. */
function headingsOf(path: string): string[] {
  return [...textOf(path).matchAll(/^#+ (.*)$/gm)].map((match) =>
    (match[1] as string)
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}
