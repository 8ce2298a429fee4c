import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { explain, formatOciSpec, type OciSpec, toOciSpec } from '../../lib/index'
import { nskit } from './io'

const OPTIONS = { unshare: ['user', 'mnt'], rootReadonly: true, stdio: 'inherit' } as const
const ARGS = ['-u', 'user,mnt', '--root-readonly']

describe('nskit explain', () => {
  test("prints explain()'s steps, aligned", async () => {
    const { code, stdout, stderr } = await nskit('explain', ...ARGS, 'ls', '-l', 'a b')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => line.replace(/^([\w-]+): +/, '$1: '))).toEqual(
      explain('ls', ['-l', 'a b'], OPTIONS).map(({ step, detail }) => `${step}: ${detail}`),
    )
    expect(new Set(lines.map((line) => /^[\w-]+: +/.exec(line)?.[0].length)).size).toBe(1)
  })

  test('--json is what explain() gives', async () => {
    const { stdout } = await nskit('explain', '--json', ...ARGS, '--', 'ls')
    expect(JSON.parse(stdout)).toEqual(explain('ls', [], OPTIONS))
  })

  test('--oci is what toOciSpec() gives', async () => {
    const { code, stdout } = await nskit(
      'explain',
      '--oci',
      ...ARGS,
      '--rlimit',
      'core=unlimited',
      'ls',
      '-l',
    )
    expect(code).toBe(0)
    const rlimits = { core: { soft: Number.POSITIVE_INFINITY, hard: Number.POSITIVE_INFINITY } }
    expect(stdout).toBe(formatOciSpec(toOciSpec('ls', ['-l'], { ...OPTIONS, rlimits })))
  })

  test('what the command prints is its own: nothing is started', async () => {
    expect((await nskit('explain', 'touch', '/absent/file')).code).toBe(0)
  })

  test('what could move the cursor is shown', async () => {
    expect((await nskit('explain', 'echo', '\x1b[31m')).stdout).not.toContain('\x1b')
  })

  test.each<[args: string[], message: string]>([
    [[], 'a command is missing'],
    [['--hostname', 'x', 'true'], '--hostname requires --unshare uts'],
    [['--tmpfs', 'x', '-u', 'mnt', 'true'], '--tmpfs x: destination must be an absolute path'],
    [['--json', '--oci', 'true'], '--json and --oci exclude each other'],
    [['--oci', '--fd', '5', '-u', 'mnt', 'true'], '--oci: --fd: '],
    [
      ['--oci', '-u', 'user,mnt', '--seccomp', 'FILTER', 'true'],
      '--oci: --seccomp: a compiled program has no OCI form',
    ],
  ])('%j is wrong', async (args, message) => {
    const folder = mkdtempSync(join(tmpdir(), 'nskit-explain-'))
    try {
      const filter = join(folder, 'filter')
      writeFileSync(filter, Buffer.from([6, 0, 0, 0, 0, 0, 255, 127]))
      const { code, stderr } = await nskit('explain', ...args.map((arg) => (arg === 'FILTER' ? filter : arg)))
      expect(code).toBe(2)
      expect(stderr).toContain(`nskit explain: ${message}`)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('--bundle', () => {
  let folder: string
  const spec: OciSpec = JSON.parse(
    formatOciSpec(
      toOciSpec('/bin/cat', ['/etc/hostname'], {
        unshare: ['user', 'mnt', 'uts', 'pid', 'ipc'],
        hostname: 'bundled',
        env: { PATH: '/usr/bin', A: '1' },
        cwd: '/usr',
        mounts: [{ type: 'tmpfs', destination: '/mnt' }],
      }),
    ),
  )
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nskit-bundle-'))
    mkdirSync(join(folder, 'rootfs'))
    writeFileSync(join(folder, 'config.json'), JSON.stringify(spec))
    writeFileSync(
      join(folder, 'limited.json'),
      JSON.stringify({ ...spec, hooks: { prestart: [{ path: '/bin/true' }] } }),
    )
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const steps = async (...args: string[]): Promise<Record<string, string[]>> => {
    const { code, stdout, stderr } = await nskit('explain', '--json', ...args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const rows = JSON.parse(stdout) as Array<{ step: string; detail: string }>
    return Object.fromEntries(
      rows.map(({ step }) => [step, rows.filter((row) => row.step === step).map(({ detail }) => detail)]),
    )
  }

  test('is the directory or its config.json: the command and its options', async () => {
    const told = await steps('--bundle', folder)
    expect(told).toMatchObject({
      'set-hostname': ['bundled'],
      'change-directory': expect.arrayContaining(['/usr']),
      exec: ['/bin/cat: ["/bin/cat","/etc/hostname"]'],
    })
    expect(told['mount-tmpfs']!.some((detail) => detail.includes('/mnt'))).toBe(true)
    expect(await steps('--bundle', join(folder, 'config.json'))).toEqual(told)
  })

  test('a command, options and mounts beside it hold instead, or add to it', async () => {
    const told = await steps('--bundle', folder, '--hostname', 'x', '--tmpfs', '/srv', '--', 'ls', '-l')
    expect(told).toMatchObject({ 'set-hostname': ['x'], exec: [expect.stringContaining('["ls","-l"]')] })
    const tmpfs = told['mount-tmpfs']!
    expect(tmpfs[tmpfs.length - 1]).toContain('/srv')
    expect(tmpfs.some((detail) => detail.includes('/mnt'))).toBe(true)
  })

  test('what nskit cannot keep is an error that names it, unless it is passed over', async () => {
    const file = join(folder, 'limited.json')
    const { code, stderr } = await nskit('explain', '--bundle', file)
    expect(code).toBe(2)
    expect(stderr).toContain(`nskit explain: --bundle ${file}: hooks: nskit runs no hooks`)
    await steps('--bundle', file, '--ignore', 'hooks')
  })
})
