/** Paragraphs as lines. */

/** Greedy; a word that is wider than the line has one of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = ''
    }
    line += line === '' ? word : ` ${word}`
  }
  return line === '' ? lines : [...lines, line]
}

/** Terms, and what is said of them in a column beside. */
export function definitions(
  entries: ReadonlyArray<readonly [term: string, text: string]>,
  width: number,
): string {
  const widest = Math.min(MAX_TERM, Math.max(0, ...entries.map(([term]) => term.length)))
  const indent = INDENT.length + widest + GAP
  return entries
    .map(([term, text]) => {
      const [first = '', ...more] = wrap(text, Math.max(MIN_TEXT, width - indent))
      const start = `${INDENT}${term}`
      // A term too wide for its column has a line of its own.
      const head =
        term.length > widest ? `${start}\n${' '.repeat(indent)}${first}` : `${start.padEnd(indent)}${first}`
      return `${[head, ...more.map((line) => ' '.repeat(indent) + line)].map((line) => line.trimEnd()).join('\n')}\n`
    })
    .join('')
}

const INDENT = '  '
const GAP = 2
const MAX_TERM = 30
const MIN_TEXT = 20
