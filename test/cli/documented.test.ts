/** What the documents tell to type: README's lines are run, those of the others are parsed. */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, splitAtCommand } from '../../lib/cli/arguments'
import { COMMANDS } from '../../lib/cli/commands'
import { tableOf } from '../../lib/cli/option'
import { packageRoot } from '../../lib/native/root'
import { describeWith } from '../support/needs'
import { manifest } from './manifest'
import { nskitWords } from './shell-words'

const NSKIT = join(packageRoot, manifest.bin.nskit)

/** Of its sh blocks, without comments. */
function linesOf(document: string): string[] {
  const text = readFileSync(join(packageRoot, document), 'utf8')
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block]) => block!.split('\n'))
  return blocks.filter((line) => /^(npx )?nskit /.test(line)).map((line) => line.replace(/ +# .*$/, ''))
}

describeWith('userns', 'README: npx nskit …', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nskit-readme-'))
    const scripts = { start: 'echo started', test: 'echo tested' }
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts }))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each(linesOf('README.md'))('%s', (line) => {
    const here = line.replace('/srv/data', '.').replaceAll('4242', String(process.pid))
    const typed = here.replace(/^npx nskit/, '"$NODE" "$NSKIT"')
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', typed], {
      cwd: folder,
      env: { ...process.env, NODE: process.execPath, NSKIT },
      input: 'echo from the shell\n',
      encoding: 'utf8',
    })
    // Not mapped is an answer, where this process is in a user namespace that lacks the id.
    const isUnmapped = line.includes('translate') && stdout.includes('is not mapped')
    expect({ status, stderr: isUnmapped ? '' : stderr }).toEqual({
      status: isUnmapped ? 1 : 0,
      stderr: expect.not.stringContaining('nskit: '),
    })
    // Of no records the filter makes none; standard input is no audit record, and passes through marked.
    expect(stdout).toMatch(/\S/)
    if (line.includes('npm test')) expect(stdout).toMatch(/^tested$/m)
    if (line.includes('npm start')) expect(stdout).toContain('"namespace":"web"')
  })
})

const OTHERS = readdirSync(join(packageRoot, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`)

test.each(OTHERS.flatMap((document) => linesOf(document).map((line) => [document, line])))(
  '%s: %s',
  (_, line) => {
    const [name = '', ...args] = nskitWords(line!)
    const command = COMMANDS[name]
    expect([name, typeof command]).toEqual([name, 'object'])
    const options = tableOf(command!.options)
    const own = command!.operands === 'command' ? splitAtCommand(args, options)[0] : args
    expect(() => parse(own, options)).not.toThrow()
  },
)
