/** --help of a command, from what it declares. */

import type { Command } from '../command.js'
import { HELP, type OptionTable } from '../option.js'
import { definitions, wrap } from './wrap.js'

export function renderHelp(name: string, command: Command, width: number): string {
  const { usage, description, options, notes, exits, examples } = command
  const [first, ...more] = Object.entries(options)
  // Among the others where they have no headings of their own.
  const groups: Array<[string, OptionTable]> =
    first !== undefined && more.length === 0
      ? [[first[0], { ...first[1], ...HELP }]]
      : [...Object.entries(options), ['Other', HELP]]
  return [
    synopses(name, usage, width),
    ...description.map((paragraph) => `${wrap(paragraph, width).join('\n')}\n`),
    ...groups.map(([heading, table]) => section(heading, optionLines(table, width))),
    ...(notes === undefined ? [] : [notes]),
    section('Exit codes', definitions(exits, width)),
    section('Examples', examples.map(({ command, does }) => example(command, does, width)).join('')),
  ].join('\n')
}

function synopses(name: string, usage: readonly string[], width: number): string {
  return usage
    .map((synopsis, index) => {
      const start = `${index === 0 ? 'Usage:' : '   or:'} nskit ${name} `
      const [first = '', ...more] = wrapSynopsis(synopsis, width - start.length)
      return `${[start + first, ...more.map((line) => ' '.repeat(start.length) + line)].join('\n')}\n`
    })
    .join('')
}

/** What stands in brackets stays on one line. */
function wrapSynopsis(synopsis: string, width: number): string[] {
  const kept = synopsis.replace(/\[[^\]]*\]|\([^)]*\)|--[\w-]+ [A-Z][\w=:]*/g, (part) =>
    part.replaceAll(' ', KEPT),
  )
  return wrap(kept, width).map((line) => line.replaceAll(KEPT, ' '))
}

/** A character that is no white space for wrap(). */
const KEPT = '\0'

function section(heading: string, body: string): string {
  return `${heading}:\n${body}`
}

function optionLines(table: OptionTable, width: number): string {
  const entries = Object.entries(table).map(([name, { short, value, help }]) => {
    const start = short === undefined ? '    ' : `-${short}, `
    return [`${start}--${name}${value === undefined ? '' : ` ${value}`}`, help] as const
  })
  return definitions(entries, width)
}

function example(command: string, does: string, width: number): string {
  const comment = wrap(does, width - 4).map((line) => `  # ${line}\n`)
  return `${comment.join('')}  ${command}\n`
}
