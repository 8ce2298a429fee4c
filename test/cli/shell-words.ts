/** The words of the `nskit …` in a line of shell, as the shell would split them; $$ and $PID are this process. */
export function nskitWords(line: string): string[] {
  const start = /(?:^|[ (])nskit /.exec(line)
  if (start === null) throw new Error(`no nskit in: ${line}`)
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (const char of line.slice(start.index + start[0].length)) {
    if (quote !== '') {
      if (char === quote) quote = ''
      else word += char
    } else if (char === "'" || char === '"') {
      quote = char
      word ??= ''
    } else if (char === ' ') {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if ('|<>;&)'.includes(char)) {
      break
    } else {
      word = (word ?? '') + char
    }
  }
  if (quote !== '') throw new Error(`a quote is not closed: ${line}`)
  return (word === undefined ? words : [...words, word]).map((each) =>
    each.replaceAll(/\$(\$|PID\b)/g, String(process.pid)),
  )
}
