/** Real shells, on a terminal: what a TAB behind a line offers, and makes of the line. */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Completed {
  line: string
  offers: string[]
}

interface Typing {
  /** The completion script. */
  script: string
  lines: readonly string[]
  /** Where the shell is. */
  cwd?: string
  env?: Readonly<Record<string, string>>
}

const LIBRARY = '/usr/share/bash-completion/bash_completion'

export const SHELL_PATHS = { bash: '/bin/bash', zsh: '/bin/zsh' } as const
export type Shell = keyof typeof SHELL_PATHS

/** zsh reads nothing but $ZDOTDIR/.zshrc. */
const OPTIONS: Readonly<Record<Shell, readonly string[]>> = {
  bash: ['--noprofile', '--rcfile', join(__dirname, 'setup.bash'), '-i'],
  zsh: ['-d', '-i'],
}

export function typed(shell: Shell, { script, lines, cwd, env }: Typing): Completed[] {
  const folder = mkdtempSync(join(tmpdir(), 'nskit-tab-'))
  try {
    const records = join(folder, 'records')
    const completion = join(folder, 'completion')
    writeFileSync(records, '')
    writeFileSync(completion, script)
    writeFileSync(join(folder, '.zshrc'), readFileSync(join(__dirname, 'setup.zsh')))
    const { status, stderr } = spawnSync(
      '/usr/bin/python3',
      [join(__dirname, 'type.py'), records, SHELL_PATHS[shell], ...OPTIONS[shell]],
      {
        encoding: 'utf8',
        input: lines.map((line) => `${line}\n`).join(''),
        cwd: cwd ?? folder,
        env: {
          PATH: process.env.PATH,
          TERM: 'xterm',
          LC_ALL: 'C.UTF-8',
          HOME: folder,
          ZDOTDIR: folder,
          HISTFILE: '',
          RECORDS: records,
          COMPLETION: completion,
          LIBRARY,
          ...env,
        },
      },
    )
    if (status !== 0) throw new Error(`${shell}: ${stderr}`)
    return readFileSync(records, 'utf8')
      .split('\x1e')
      .slice(1, -1)
      .map((record) => {
        const [line = '', ...offers] = record.split('\x1f').slice(0, -1)
        return { line, offers: offers.filter((offer) => offer !== '').sort() }
      })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
