import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { probeProgram } from '../../lib/index'
import { expectNothingLeft } from '../support/leftovers'
import { marked, newMark } from '../support/marked'
import { itWith } from '../support/needs'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nskit-program-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A program of that name, which is a shell script. */
function program(name: string, script: string): string {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

const CODEX = ['bwrap', '--unshare-user', '--unshare-net', '--ro-bind', '/', '/', '/bin/true']

itWith(['userns', 'bwrap'], "bwrap's own sandbox", async () => {
  expect(await probeProgram(CODEX)).toEqual({
    ok: true,
    namespaces: ['user', 'mnt', 'net'],
    command: CODEX.join(' '),
    durationMs: expect.any(Number),
  })
})

it('its words become the same denial as those of a probe', async () => {
  const bwrap = program('bwrap', 'echo "bwrap: setting up uid map: Permission denied" >&2; exit 1')
  expect(await probeProgram([bwrap, '--unshare-user', '--ro-bind', '/', '/', 'true'])).toMatchObject({
    ok: false,
    kind: 'user',
    namespaces: ['user', 'mnt'],
    step: 'write-uid-map',
    code: 'EACCES',
    errno: -13,
    reason: 'bwrap: setting up uid map: Permission denied',
    command: `${bwrap} --unshare-user --ro-bind / / true`,
  })
})

it('its messages are asked for in the language that is read', async () => {
  const shows = program('shows', 'echo "$LC_ALL $OTHER $HOME" >&2; exit 3')
  const found = await probeProgram([shows], { env: { OTHER: 'kept', LC_ALL: 'de_DE' } })
  expect(found).toMatchObject({ ok: false, reason: 'C kept (exit code 3)' })
})

it('a program that is missing', async () => {
  expect(await probeProgram(['/nonexistent/bwrap'])).toMatchObject({
    ok: false,
    step: 'exec',
    code: 'ENOENT',
    errno: -2,
    cause: 'program-missing',
    confidence: 'certain',
  })
})

it('a program without the right to be run', async () => {
  const file = join(folder, 'data')
  writeFileSync(file, 'no program')
  expect(await probeProgram([file])).toMatchObject({ ok: false, step: 'exec', code: 'EACCES' })
})

it('an argument with blanks is shown as a shell takes it', async () => {
  const { command } = await probeProgram(['sh', '-c', "echo it's all right"])
  expect(command).toBe(`sh -c 'echo it'\\''s all right'`)
})

it('more words than anybody reads are cut', async () => {
  const loud = program('loud', 'head -c 3000000 /dev/zero | tr "\\0" x >&2; exit 1')
  const found = await probeProgram([loud])
  expect(found.ok ? 0 : found.reason.length).toBeLessThan(70_000)
})

describe('what it started is gone afterwards', () => {
  const DAEMONS = 'setsid sleep 611 & (sleep 612 & sleep 613 &) ; sleep 614 &'

  it('on a timeout', async () => {
    const mark = newMark()
    await expectNothingLeft(async () => {
      const found = await probeProgram(['sh', '-c', `${DAEMONS} wait`], { timeout: 500, env: mark.env })
      expect(found).toMatchObject({ ok: false, code: 'ETIMEDOUT', cause: 'timeout' })
      expect(marked(mark)).toEqual([])
    })
  })

  it('after its own end, also what keeps its output open', async () => {
    const mark = newMark()
    await expectNothingLeft(async () => {
      const found = await probeProgram(['sh', '-c', '(sleep 615 &) ; sleep 616 & exit 0'], { env: mark.env })
      expect(found.ok).toBe(true)
      expect(marked(mark)).toEqual([])
    })
  })
})

it.each([
  [[], /command/],
  [[''], /command/],
  ['bwrap', /command/],
  [['true', 5], /command\[1\]/],
])('%j is refused before anything runs', async (command, message) => {
  await expect(probeProgram(command as never)).rejects.toThrow(message)
})
