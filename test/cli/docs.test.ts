import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { COMMANDS } from '../../lib/cli/commands'
import { packageRoot } from '../../lib/native/root'
import { pattern } from '../docs/snippets'
import { describeWith } from '../support/needs'
import { manifest } from './manifest'

const TEXT = readFileSync(join(packageRoot, 'docs/cli.md'), 'utf8')

interface Session {
  commands: string
  output: string[]
}

/** Every ```console block: what stands behind '$ ' is typed, the rest is printed. */
const SESSIONS: Session[] = [...TEXT.matchAll(/^```console\n(.*?)^```$/gms)].map((match) => {
  const lines = match[1]!.trimEnd().split('\n')
  const typed = lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2))
  return { commands: typed.join('\n'), output: lines.filter((line) => !line.startsWith('$ ')) }
})

describe('docs/cli.md', () => {
  test('has a session of each command', () => {
    for (const command of Object.keys(COMMANDS)) {
      expect(TEXT).toContain(`## nskit ${command}\n`)
      expect(SESSIONS.some(({ commands }) => commands.includes(`nskit ${command}`))).toBe(true)
    }
  })
})

describeWith('userns', 'a session of docs/cli.md prints what it shows', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nskit-docs-'))
    const program = join(folder, 'nskit')
    const bin = join(packageRoot, manifest.bin.nskit)
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`)
    chmodSync(program, 0o755)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each(SESSIONS)('$commands', ({ commands, output }) => {
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` }
    const { stdout } = spawnSync('/bin/sh', ['-c', `exec 2>&1\n${commands}`], { encoding: 'utf8', env })
    expect(stdout).toMatch(pattern(output))
  })
})
