import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { COMMANDS } from '../../../lib/cli/commands'
import { tableOf } from '../../../lib/cli/option'
import { NAMESPACE_TYPES } from '../../../lib/tables/namespaces'
import { describeWith, itWith } from '../../support/needs'
import { nskit } from '../io'
import { type Shell, typed } from './shells'

async function completed(shell: Shell, lines: readonly string[], env?: Record<string, string>) {
  const { stdout: script } = await nskit('completion', shell)
  return typed(shell, { script, lines, cwd: folder, ...(env === undefined ? {} : { env }) })
}

const NOTHING = '/nonexistent'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nskit-files-'))
  writeFileSync(join(folder, 'a file'), '')
  mkdirSync(join(folder, 'folder'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** What is typed, and what a TAB makes of it: where the two shells differ, bash's and zsh's. */
const TYPED: ReadonlyArray<[typed: string, bash: string, zsh?: string]> = [
  ['nskit d', 'nskit doctor '],
  ['nskit --v', 'nskit --version '],
  ['nskit help stat', 'nskit help status '],
  ['nskit completion z', 'nskit completion zsh '],
  ['nskit ls --js', 'nskit ls --json '],
  ['nskit ls --typ', 'nskit ls --type ', 'nskit ls --type='],
  ['nskit ls --type use', 'nskit ls --type user', 'nskit ls --type user,'],
  ['nskit ls --type=use', 'nskit ls --type=user', 'nskit ls --type=user,'],
  ['nskit ls --type user,p', 'nskit ls --type user,pid', 'nskit ls --type user,pid,'],
  ['nskit ls --type=user,p', 'nskit ls --type=user,pid', 'nskit ls --type=user,pid,'],
  ['nskit ls -t net,use', 'nskit ls -t net,user', 'nskit ls -t net,user,'],
  ['nskit ls -tne', 'nskit ls -tnet', 'nskit ls -tnet,'],
  ['nskit ls --json -t ti', 'nskit ls --json -t time', 'nskit ls --json -t time,'],
  ['nskit translate --from in', 'nskit translate --from inside '],
  ['nskit translate --from=in', 'nskit translate --from=inside '],
  ['nskit doctor --for nskit,cod', 'nskit doctor --for nskit,codex', 'nskit doctor --for nskit,codex,'],
  // Files: quoted as each shell does it, behind = too.
  ['nskit audit -r a', 'nskit audit -r a\\ file '],
  ['nskit audit --registry=a', 'nskit audit --registry=a\\ file '],
  ['nskit owner --pid 1 fol', 'nskit owner --pid 1 folder/'],
  ['nskit owner -- a', 'nskit owner -- a\\ file '],
  ['nskit run --bind fol', 'nskit run --bind folder/'],
  ['nskit run --ro-bind folder:fol', 'nskit run --ro-bind folder:folder/'],
  ['nskit run --ro-bind=/:fol', 'nskit run --ro-bind=/:folder/'],
  ['nskit run --chdir a', 'nskit run --chdir a'],
  ['nskit run --seccomp sand', 'nskit run --seccomp sandbox '],
  ['nskit run --seccomp fol', 'nskit run --seccomp folder/'],
  ['nskit run --root emp', 'nskit run --root empty '],
  ['nskit run --root fol', 'nskit run --root folder/'],
  ['nskit run --root=fol', 'nskit run --root=folder/'],
  ['nskit run --chdir fol', 'nskit run --chdir folder/'],
  ['nskit run --rlimit nofi', 'nskit run --rlimit nofile='],
  [
    'nskit run --capabilities CAP_KILL,CAP_SYSL',
    'nskit run --capabilities CAP_KILL,CAP_SYSLOG',
    'nskit run --capabilities CAP_KILL,CAP_SYSLOG,',
  ],
  ['nskit ls > a', 'nskit ls > a\\ file '],
  ['nskit ls >a', 'nskit ls >a\\ file '],
  // The command that is started: its name, then its own arguments, as if it stood alone.
  ['nskit run nproc', 'nskit run nproc '],
  ['nskit run -- nproc', 'nskit run -- nproc '],
  ['nskit run cat --show-a', 'nskit run cat --show-all '],
  ['nskit run -- cat --show-a', 'nskit run -- cat --show-all '],
  ['nskit run -u user,pid -- cat --show-a', 'nskit run -u user,pid -- cat --show-all '],
  ['nskit run --unshare=user cat --show-a', 'nskit run --unshare=user cat --show-all '],
  ['nskit logs -n x -u user cat fol', 'nskit logs -n x -u user cat folder/'],
  // What is none of nskit's options any more.
  ['nskit run nproc --unsh', 'nskit run nproc --unsh'],
  ['nskit ls -- --js', 'nskit ls -- --js'],
]

const SHELLS: ReadonlyArray<[Shell]> = [['bash'], ['zsh']]
const NEEDS = ['python3', 'zsh', 'bash-completion'] as const

describeWith(NEEDS, 'a TAB', () => {
  test.each(SHELLS)('%s: lines', async (shell) => {
    const expected = TYPED.map(([, bash, zsh]) => (shell === 'zsh' ? (zsh ?? bash) : bash))
    const found = await completed(
      shell,
      TYPED.map(([line]) => line),
    )
    expect(found.map(({ line }) => line)).toEqual(expected)
  })

  test.each(SHELLS)('%s: every command, and every option of each', async (shell) => {
    const names = Object.keys(COMMANDS)
    const lines = ['nskit ', ...names.map((name) => `nskit ${name} -`)]
    const [commands, ...options] = await completed(shell, lines)
    expect(commands!.offers).toEqual([...names].sort())
    for (const [index, name] of names.entries()) {
      const table = tableOf(COMMANDS[name]!.options)
      const known = Object.entries(table).flatMap(([long, { short }]) => [
        `--${long}`,
        ...(short === undefined ? [] : [`-${short}`]),
      ])
      expect([name, options[index]!.offers]).toEqual([name, known.sort()])
    }
  })

  test.each(SHELLS)('%s: a list offers what it lacks, pids are those of /proc', async (shell) => {
    const [types, rest, pids, inline] = await completed(shell, [
      'nskit ls -t ',
      'nskit ls -t user,net,',
      'nskit status ',
      `nskit ls --pid=${process.pid}`,
    ])
    expect(types!.offers).toEqual([...NAMESPACE_TYPES].sort())
    const bare = rest!.offers.map((offer) => offer.replace('user,net,', ''))
    expect(bare).toEqual(NAMESPACE_TYPES.filter((type) => type !== 'user' && type !== 'net').sort())
    expect(pids!.offers).toContain(String(process.pid))
    expect(inline!.offers).toContain(String(process.pid))
  })

  test.each(SHELLS)('%s: starts no program', async (shell) => {
    const lines = ['nskit sta', 'nskit ls --js', 'nskit ls --type user,p', `nskit status ${process.pid}`]
    const found = await completed(shell, lines, { PATH: NOTHING })
    expect(found.map(({ line }) => line.trimEnd().replace(/,$/, ''))).toEqual([
      'nskit status',
      'nskit ls --json',
      'nskit ls --type user,pid',
      `nskit status ${process.pid}`,
    ])
  })
})

describeWith(NEEDS, 'bash without bash-completion', () => {
  test('completes the name of the command, and files behind it', async () => {
    const lines = ['nskit ls --js', 'nskit run -- nproc', 'nskit run cat fol', 'nskit run ./fol']
    const found = await completed('bash', lines, { LIBRARY: '/dev/null' })
    expect(found.map(({ line }) => line)).toEqual([
      'nskit ls --json ',
      'nskit run -- nproc ',
      'nskit run cat folder/',
      'nskit run ./folder/',
    ])
  })
})

itWith(NEEDS, 'bash: in the midst of a line, what stands before the cursor counts', async () => {
  const { stdout: script } = await nskit('completion', 'bash')
  const left = '\x1b[D'
  const lines = [`nskit ls --json${left.repeat(2)}`, `nskit ls --ty --json${left.repeat(7)}`]
  expect(typed('bash', { script, lines }).map(({ offers }) => offers)).toEqual([['--json'], ['--type']])
})

describeWith(NEEDS, 'as a file that the shell finds itself', () => {
  test.each(SHELLS)('%s', async (shell) => {
    const lines = ['nskit doct', 'nskit ls --js']
    const found = await completed(shell, lines, { AS_FILE: '1' })
    expect(found.map(({ line }) => line)).toEqual(['nskit doctor ', 'nskit ls --json '])
  })
})
