import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, splitAtCommand } from '../../lib/cli/arguments'
import { COMMANDS } from '../../lib/cli/commands'
import { type OptionTable, tableOf } from '../../lib/cli/option'
import { packageRoot } from '../../lib/native/root'
import { nskit, nskitOn } from './io'
import { nskitWords } from './shell-words'

const NAMES = Object.keys(COMMANDS)
const TEXT = readFileSync(join(packageRoot, 'docs/cli.md'), 'utf8')

describe.each(NAMES)('nskit %s', (name) => {
  const command = COMMANDS[name]!
  const options = tableOf(command.options)

  test('--help has its parts', async () => {
    const { code, stdout, stderr } = await nskit(name, '--help')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(new RegExp(`^Usage: nskit ${name} `))
    for (const part of [...Object.keys(command.options), 'Exit codes', 'Examples']) {
      expect(stdout).toContain(`\n${part}:\n`)
    }
    for (const [long, { short }] of Object.entries(options)) {
      const start = short === undefined ? '    ' : `-${short}, `
      expect(stdout).toMatch(new RegExp(`^ {2}${start}--${long}( |$)`, 'm'))
    }
  })

  test.each([80, 110, 300])(
    '--help fits a terminal with %d columns, and 110 of a wider one',
    async (columns) => {
      const { stdout } = await nskitOn(columns, name, '--help')
      const widest = Math.min(columns, 110)
      // An example is a line that can be copied.
      const lines = stdout.split('\n').filter((line) => columns >= 110 || !/^ {2}\S.*nskit /.test(line))
      expect(lines.filter((line) => line.length > widest || line !== line.trimEnd())).toEqual([])
    },
  )

  test('every option says what it does, and takes', () => {
    for (const [long, { type, help, value, complete }] of Object.entries(options)) {
      expect([long, help]).toEqual([long, expect.stringMatching(/\S/)])
      expect([long, typeof value]).toEqual([long, type === 'string' ? 'string' : 'undefined'])
      if (type === 'boolean') expect([long, complete]).toEqual([long, undefined])
    }
  })

  test('every exit code says when', () => {
    expect(command.exits.length).toBeGreaterThan(0)
    for (const [code, meaning] of command.exits) {
      expect(code).toMatch(/^(CODE|\d+(\+N)?)$/)
      expect(meaning).toMatch(/\w/)
    }
  })

  test.each(command.examples)('example: $command', async ({ command: line, does }) => {
    expect(does).toMatch(/\w/)
    const [first, ...args] = nskitWords(line)
    expect(first).toBe(name)
    const own = command.operands === 'command' ? splitAtCommand(args, options)[0] : args
    expect(() => parse(own, options)).not.toThrow()
    // It reads standard input, or starts something: explain says whether the options hold.
    if (name === 'audit' || name === 'logs') return
    const { stdout, stderr } = await nskit(name === 'run' ? 'explain' : name, ...args)
    // That there is no such file or process here is no fault of the command line.
    expect(stdout + stderr).toMatch(/\S/)
    expect(stderr).not.toContain("Try 'nskit")
  })

  test('docs/cli.md has its options, and no others', () => {
    expect(documented(name)).toEqual(spelled(options))
  })
})

test('docs/cli.md has a section for each command, and no others', () => {
  const headings = [...TEXT.matchAll(/^## nskit (\w+)$/gm)].map((match) => match[1])
  expect(headings.sort()).toEqual([...NAMES].sort())
})

function spelled(options: OptionTable): string[] {
  const names = Object.entries(options).flatMap(([long, { short }]) =>
    short === undefined ? [`--${long}`] : [`--${long}`, `-${short}`],
  )
  return names.filter((option) => option !== '--help' && option !== '-h').sort()
}

/** What stands in the first column of the tables of its section. */
function documented(name: string): string[] {
  const section = new RegExp(`^## nskit ${name}$(.*?)(?=^## |(?![^]))`, 'ms').exec(TEXT)?.[1] ?? ''
  const cells = [...section.matchAll(/^\| (.*?) \|/gm)].map((match) => match[1]!)
  const found = cells.flatMap((cell) => [...cell.matchAll(/(?<=`)--?[a-z][\w-]*/g)].map(([option]) => option))
  const others = cells.some((cell) => cell.includes('those of `nskit run`')) ? documented('run') : []
  return [...new Set([...found, ...others])].sort()
}
