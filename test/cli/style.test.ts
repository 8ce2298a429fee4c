import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Output } from '../../lib/cli/command'
import { PLAIN, styleOf } from '../../lib/cli/style'
import { list, table } from '../../lib/cli/text'
import { packageRoot } from '../../lib/native/root'
import { describeWith } from '../support/needs'
import { manifest } from './manifest'

const TERMINAL: Output = { write: () => {}, isTTY: true, hasColors: () => true, columns: 80 }
const FILE: Output = { write: () => {} }
const COLOURED = styleOf(TERMINAL, {})

describe('colours', () => {
  test.each<[string, Output, NodeJS.ProcessEnv, boolean]>([
    ['a terminal', TERMINAL, { TERM: 'xterm' }, true],
    ['a file', FILE, { TERM: 'xterm' }, false],
    ['a terminal without colours', { ...TERMINAL, hasColors: () => false }, {}, false],
    ['a dumb terminal', TERMINAL, { TERM: 'dumb' }, false],
    ['NO_COLOR', TERMINAL, { NO_COLOR: '1' }, false],
    ['NO_COLOR=0, which is set', TERMINAL, { NO_COLOR: '0' }, false],
    ['an empty NO_COLOR, which is not', TERMINAL, { NO_COLOR: '' }, true],
    ['FORCE_COLOR in a file', FILE, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0', TERMINAL, { FORCE_COLOR: '0' }, false],
    ['FORCE_COLOR against NO_COLOR', FILE, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ])('%s', (_, output, env, isColoured) => {
    expect(styleOf(output, env) !== PLAIN).toBe(isColoured)
  })

  test('have no width: the text is the same without them, also where it is cut', () => {
    const rows = [
      ['a long cell, cut', 1],
      ['b', 22],
    ] as const
    for (const columns of [7, 80]) {
      const plain = table(['NAME', 'N'], rows, columns)
      const coloured = table(['NAME', 'N'], rows, columns, COLOURED)
      expect(marked(coloured)).toMatch(/^ESC\[1mNAME[ N]*ESC\[0m\n/)
      expect(uncoloured(coloured)).toBe(plain)
    }
  })

  test("are nskit's alone: those of a text are shown", () => {
    expect(list([['\x1b[31mkey', '\x1b[31mvalue', COLOURED.bad]])).toBe(
      '\\x1b[31mkey: \x1b[31m\\x1b[31mvalue\x1b[0m\n',
    )
  })
})

/** Escapes as a word, which a pattern may hold. */
function marked(text: string): string {
  return text.replaceAll('\x1b', 'ESC')
}

function uncoloured(text: string): string {
  return marked(text).replace(/ESC\[[\d;]*m/g, '')
}

const NSKIT = join(packageRoot, manifest.bin.nskit)
const ON_A_TERMINAL = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))'
/** Without CI and its like, by which Node takes any terminal for one without colours. */
const ENVIRONMENT = { PATH: process.env.PATH, TERM: 'xterm-256color' }

function onTerminal(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout } = spawnSync('python3', ['-c', ON_A_TERMINAL, process.execPath, NSKIT, ...args], {
    encoding: 'utf8',
    env: { ...ENVIRONMENT, ...env },
  })
  return { status, text: marked(stdout.replaceAll('\r\n', '\n')) }
}

function inPipe(args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [NSKIT, ...args], {
    encoding: 'utf8',
    env: ENVIRONMENT,
  })
  return { status, text: marked(stdout + stderr) }
}

describeWith('python3', 'on a terminal', () => {
  test.each<[args: string[], status: number, coloured: RegExp]>([
    [['ls', '--pid', String(process.pid)], 0, /^ESC\[1m +NS {2}TYPE .*COMMANDESC\[0m\n/],
    [['lss'], 2, /^ESC\[1;31mnskit:ESC\[0m unknown command/],
    [['ls', '--jsn'], 2, /^ESC\[1;31mnskit ls:ESC\[0m unknown option/],
    [['status', '4194304'], 1, /^ESC\[1;31mnskit:ESC\[0m ESRCH/],
    [
      ['doctor', '--', 'sh', '-c', 'echo "bwrap: setting up uid map: Permission denied" >&2; exit 1'],
      1,
      /^ESC\[31mThis host denies .*ESC\[0m\n\nsh: ESC\[31mdeniedESC\[0m \(/,
    ],
    [['doctor', '--', 'true'], 0, /^ESC\[32m.*ESC\[0m\n\ntrue: ESC\[32mgrantedESC\[0m: true\n/],
    [['doctor', '--', '/no/such'], 2, /^ESC\[33m.*ESC\[0m\n\n\/no\/such: ESC\[33muncheckedESC\[0m \(/],
  ])('%j is coloured; in a pipe, or with NO_COLOR, it is not', (args, status, coloured) => {
    const shown = onTerminal(args)
    expect(shown).toEqual({ status, text: expect.stringMatching(coloured) })
    for (const plain of [onTerminal(args, { NO_COLOR: '1' }), inPipe(args)]) {
      expect(plain.status).toBe(status)
      expect(plain.text).not.toContain('ESC[')
    }
  })

  test.each([[['ls', '--json']], [['doctor', '--json', '--', 'true']], [['status', '--json']]])(
    '%j is JSON there too',
    (args) => {
      const { status, text } = onTerminal(args, { FORCE_COLOR: '1' })
      expect(status).toBe(0)
      expect(JSON.parse(text)).toEqual(expect.anything())
      expect(text).not.toContain('ESC[')
    },
  )
})
