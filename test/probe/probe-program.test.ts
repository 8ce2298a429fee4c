import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { probeProgram, readAllStatuses } from '../../lib/index'
import { namespacesOf } from '../../lib/probe/program-namespaces'
import { expectNothingLeft } from '../support/leftovers'
import { marked, newMark } from '../support/marked'
import { itWith } from '../support/needs'
import { runScript } from '../support/node-script'

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

// bwrap asks for all types in one call, which says nothing of which.
itWith(
  ['userns', 'bwrap'],
  'of types in one call it is the one whose limit is 0 that is denied',
  async () => {
    const [denial] = await runScript(
      async ({ nskit, fs, say }, command) => {
        fs.writeFileSync('/proc/sys/user/max_net_namespaces', '0')
        say(await nskit.probeProgram(command))
      },
      CODEX,
      { through: ['unshare', '--user', '--map-root-user'] },
    )
    expect(denial).toMatchObject({
      ok: false,
      kind: 'net',
      step: 'create-net',
      code: 'ENOSPC',
      cause: 'namespace-limit',
      confidence: 'certain',
      evidence: [{ source: '/proc/sys/user/max_net_namespaces', value: '0' }],
    })
  },
)

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

itWith('ordinary', 'without a user namespace it is the asked one that is denied', async () => {
  expect(await probeProgram(['unshare', '-n', 'true'])).toMatchObject({
    ok: false,
    namespaces: ['net'],
    kind: 'net',
    step: 'create-net',
    cause: 'missing-capability',
    confidence: 'certain',
  })
})

it.each([
  [['unshare', '-Urpf', '--mount-proc', 'true'], false, ['user', 'pid']],
  [['unshare', '-rn', 'ip', '-c', 'a'], true, ['user', 'net']],
  [['bwrap', '--unshare-net', 'true'], false, ['user', 'mnt', 'net']],
  [['bwrap', '--unshare-net', 'true'], true, ['mnt', 'net']],
  [['chromium', '-n'], true, ['user']],
] as const)('%j, as root: %s, asks for %j', (command, isRoot, namespaces) => {
  expect(namespacesOf(command, isRoot)).toEqual(namespaces)
})

it('its words are kept as they are written', async () => {
  const shows = program('speaks', 'echo "bwrap: größer: ☃" >&2; exit 3')
  expect(await probeProgram([shows])).toMatchObject({ reason: 'bwrap: größer: ☃ (exit code 3)' })
})

it('what bwrap was to run is missing, not bwrap', async () => {
  const bwrap = program('bwrap', 'echo "bwrap: execvp /bin/x: No such file or directory" >&2; exit 1')
  const found = await probeProgram([bwrap, 'x'])
  expect(found).toMatchObject({
    cause: 'program-missing',
    remedies: [{ title: expect.stringContaining('/bin/x') }],
  })
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

it('a daemon that left the session and holds its output open is not waited for', async () => {
  const mark = newMark()
  const found = await probeProgram(['sh', '-c', 'setsid sleep 618 & echo said >&2; exit 3'], {
    env: mark.env,
    timeout: 30_000,
  })
  for (const each of marked(mark)) process.kill(Number.parseInt(each, 10), 'SIGKILL')
  expect(found).toMatchObject({ ok: false, reason: 'said (exit code 3)' })
})

itWith(['root', 'gcc', 'setpriv'], 'a setuid program that nobody may kill is not waited for', async () => {
  const source = '#include <unistd.h>\nint main(void) { return setuid(0) == 0 ? sleep(619) : 1; }\n'
  const become = join(folder, 'become-root')
  execFileSync('gcc', ['-x', 'c', '-', '-o', become], { input: source })
  chmodSync(become, 0o4755)
  chmodSync(folder, 0o755)
  const [said] = await runScript(
    async ({ nskit, say }, file) => {
      const found = await nskit.probeProgram([file], { timeout: 500 })
      say(found)
      // It still runs, and holds nothing here.
      process.exitCode = 0
    },
    become,
    { through: ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] },
  )
  for (const pid of pidsOf(become)) process.kill(pid, 'SIGKILL')
  expect(said).toMatchObject({ ok: false, code: 'ETIMEDOUT', cause: 'timeout' })
})

function pidsOf(program: string): number[] {
  return readAllStatuses().flatMap(({ pid }) => {
    try {
      return readlinkSync(`/proc/${pid}/exe`) === program ? [pid] : []
    } catch {
      return []
    }
  })
}

it.each([
  [[], /command/],
  [[''], /command/],
  ['bwrap', /command/],
  [['true', 5], /command\[1\]/],
])('%j is refused before anything runs', async (command, message) => {
  await expect(probeProgram(command as never)).rejects.toThrow(message)
})
