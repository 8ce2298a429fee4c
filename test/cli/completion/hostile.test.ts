import { spawnSync } from 'node:child_process'
import type { Command } from '../../../lib/cli/command'
import { bashCompletion } from '../../../lib/cli/completion/bash'
import { modelOf } from '../../../lib/cli/completion/model'
import { zshCompletion } from '../../../lib/cli/completion/zsh'
import { describeWith } from '../../support/needs'
import { SHELL_PATHS, type Shell, typed } from './shells'

/** What a shell could take for something else than a word; each with a first letter of its own. */
const WORDS = [
  'a$(touch /tmp/nskit-was-here)',
  'b`touch /tmp/nskit-was-here`',
  "c'd",
  'e"f',
  'g h',
  'i*',
  'j[k]:l',
  'm\\n',
  'o;p|q&r',
  's$HOME',
  't{u,v}',
  'w~x',
  'y!z',
]

const HELP = `Tom's "best" [option]: $(touch x) \`touch x\` \\ %d \${HOME}`

const COMMAND: Command = {
  summary: HELP,
  usage: [''],
  description: [HELP],
  options: {
    Options: {
      word: { type: 'string', value: 'A:B[C]', help: HELP, complete: WORDS },
      pid: { type: 'string', help: HELP, complete: 'pid' },
    },
  },
  operands: WORDS,
  exits: [],
  examples: [],
  run: () => 0,
}

const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: bashCompletion(modelOf({ odd: COMMAND })),
  zsh: zshCompletion(modelOf({ odd: COMMAND })),
}

/** What the shell itself reads of it: one word. */
function unquoted(shell: Shell, text: string): string {
  const { stdout } = spawnSync(SHELL_PATHS[shell], ['-c', `printf '%s\\n' ${text}`], { encoding: 'utf8' })
  return stdout.slice(0, -1)
}

describeWith(['python3', 'zsh', 'bash-completion'], 'words with metacharacters', () => {
  test.each<[Shell, string]>([
    ['bash', 'nskit odd '],
    ['bash', 'nskit odd --word '],
    ['zsh', 'nskit odd '],
    ['zsh', 'nskit odd --word '],
  ])('%s, %s: are completed to themselves, quoted', (shell, start) => {
    const lines = WORDS.map((word) => start + word[0])
    const found = typed(shell, { script: SCRIPTS[shell], lines })
    const written = found.map(({ line }) => line.slice(start.length).trimEnd())
    expect(written.map((text) => unquoted(shell, text))).toEqual(WORDS)
  })

  test.each<[Shell, options: string]>([
    ['bash', 'set -f'],
    ['zsh', 'setopt no_glob sh_word_split no_unset'],
  ])('%s, %s: pids are found', (shell, options) => {
    const [found] = typed(shell, { script: `${SCRIPTS[shell]}${options}\n`, lines: ['nskit odd --pid '] })
    expect(found!.offers).toContain('1')
  })

  test.each(['ksh_arrays', 'sh_word_split', 'no_unset'])('zsh, %s: is taken in', (option) => {
    const script = `
      autoload -Uz compinit
      compinit -u -D
      setopt ${option}
      eval "$SCRIPT"
      print -r -- "\${_comps[nskit]}"`
    const env = { ...process.env, SCRIPT: SCRIPTS.zsh }
    const { stdout, stderr } = spawnSync(SHELL_PATHS.zsh, ['-f', '-c', script], { encoding: 'utf8', env })
    expect({ stdout, stderr }).toEqual({ stdout: '_nskit\n', stderr: '' })
  })

  test.each<[Shell]>([['bash'], ['zsh']])('%s: descriptions are text', (shell) => {
    const [found] = typed(shell, { script: SCRIPTS[shell], lines: ['nskit odd --w'] })
    expect(found!.line).toMatch(/^nskit odd --word[ =]$/)
  })
})
