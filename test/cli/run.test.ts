import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process'
import { constants, mkdirSync, mkdtempSync, openSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatOciSpec, spawn as spawnIn, toOciSpec } from '../../lib/index'
import { packageRoot } from '../../lib/native/root'
import { marked, newMark } from '../support/marked'
import { describeWith, itWith } from '../support/needs'
import { outcome } from '../support/outcome'
import { until } from '../support/wait'
import { manifest } from './manifest'

const { O_NONBLOCK } = constants
const NSKIT = join(packageRoot, manifest.bin.nskit)
const MNT = ['-u', 'user,mnt']

let folder: string
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'nskit-run-')))
})
afterAll(() => rmSync(folder, { recursive: true }))

interface Given {
  input?: string
  stdio?: Array<'pipe' | number>
}

function run(args: readonly string[], { input = '', stdio }: Given = {}): SpawnSyncReturns<string> {
  const options = { encoding: 'utf8', cwd: folder, input, ...(stdio === undefined ? {} : { stdio }) } as const
  return spawnSync(process.execPath, [NSKIT, 'run', ...args], options)
}

/** What it prints, where it has nothing to complain of. */
function output(args: readonly string[], given?: Given): string {
  const { status, stdout, stderr } = run(args, given)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

describe('the command line of the command', () => {
  const SHOW = ['printf', '<%s>', 'a b', '', '-h', '--', '--unshare', '*']
  const SHOWN = '<a b><><-h><--><--unshare><*>'

  test('is passed on as it stands, with or without --', () => {
    expect(output(SHOW)).toBe(SHOWN)
    expect(output(['--', ...SHOW])).toBe(SHOWN)
    expect(output(['--env', 'A=1', '--', ...SHOW])).toBe(SHOWN)
  })

  test('a second -- is an argument', () => {
    expect(run(['--', '--', 'true']).stderr).toMatch(/^nskit: --: /)
  })

  test('standard input is its own, to the last byte', () => {
    const input = 'x'.repeat(1 << 20)
    expect(output(['cat'], { input })).toBe(input)
    expect(output([...MNT, 'sh', '-c', 'read a; cat'], { input: 'a\nb' })).toBe('b')
  })

  test('what it writes to waits for a reader, as without nskit', () => {
    const flags = output(['sh', '-c', 'cat /proc/$$/fdinfo/1 /proc/$$/fdinfo/2']).matchAll(
      /^flags:\s+([0-7]+)$/gm,
    )
    const isNonBlocking = [...flags].map(([, octal]) => (Number.parseInt(octal!, 8) & O_NONBLOCK) !== 0)
    expect(isNonBlocking).toEqual([false, false])
  })

  test('--argv0', () => {
    expect(output(['--argv0=-x y', 'sh', '-c', 'head -z -n 1 /proc/$$/cmdline'])).toBe('-x y\0')
  })

  test('a signal that ends it is 128 and its number; --timeout sends one', () => {
    expect(run(['sh', '-c', 'kill -USR1 $$']).status).toBe(138)
    expect(run(['--timeout', '50ms', 'sleep', '60']).status).toBe(143)
    expect(run(['--timeout', '50ms', '--kill-signal', 'KILL', 'sleep', '60']).status).toBe(137)
  })

  test('--fd: these descriptors reach it and no others', () => {
    const [text, other] = ['text', 'other'].map((name) => {
      writeFileSync(join(folder, name), name)
      return openSync(join(folder, name), 'r')
    }) as [number, number]
    const stdio: Array<'pipe' | number> = ['pipe', 'pipe', 'pipe', text, other]
    expect(output(['--fd', '5=3', 'sh', '-c', 'cat <&5; ls /proc/$$/fd'], { stdio })).toBe('text0\n1\n2\n5\n')
    expect(output(['--fd', '3', '--fd', '4', 'sh', '-c', 'cat <&4'], { stdio })).toBe('other')
    // What nobody has opened is Node's: its event loop takes the first number that is free.
    expect(run(['--fd', '5', 'true'], { stdio })).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^nskit run: --fd: 5 is not open: it is nskit's own\n/),
    })
  })

  test('--env, --unset-env and --clear-env', () => {
    expect(output(['--clear-env', '--env', 'A=b c', '--env', 'B=', '/usr/bin/env'])).toBe('A=b c\nB=\n')
    expect(output(['--env', 'A=1', '--unset-env', 'PATH', 'sh', '-c', 'echo "$A"'])).toBe('1\n')
    expect(output(['--env', '__proto__=a', 'printenv', '__proto__'])).toBe('a\n')
  })

  test('PATH is that of its environment', () => {
    expect(run(['--env', 'PATH=/nowhere', 'true']).status).toBe(127)
  })

  test('--rlimit', () => {
    expect(output(['--rlimit', 'nofile=50:60', 'sh', '-c', 'ulimit -Sn; ulimit -Hn'])).toBe('50\n60\n')
  })

  test('--no-new-privileges, and a filter without it', () => {
    const flag = ['grep', 'NoNewPrivs', '/proc/self/status']
    expect(output(['--no-new-privileges', ...flag])).toBe('NoNewPrivs:\t1\n')
    expect(output(['--seccomp', 'sandbox', ...flag])).toBe('NoNewPrivs:\t1\n')
  })

  test('--session-keyring', () => {
    expect(output(['--session-keyring', 'cat', '/proc/keys'])).toContain(' _ses')
  })
})

describeWith('userns', 'the view of files of nskit run', () => {
  test('tests without a network that write here and in /tmp alone', () => {
    const script = `
      pwd; touch new /tmp/new && ls /tmp; rm new
      for place in /usr /etc /; do touch $place/new 2>/dev/null || echo "$place is read-only"; done
      grep -c : /proc/net/dev`
    const args = [
      '-u',
      'user,mnt,net',
      '--root-readonly',
      '--tmpfs',
      '/tmp',
      '--bind',
      '.',
      'sh',
      '-c',
      script,
    ]
    const [cwd, ...lines] = output(args).trimEnd().split('\n')
    expect(cwd).toBe(folder)
    // The directory of this test lies in /tmp itself where that is the one for temporary files.
    expect(lines.filter((line) => !folder.startsWith(`/tmp/${line}`))).toEqual([
      'new',
      '/usr is read-only',
      '/etc is read-only',
      '/ is read-only',
      expect.stringMatching(/^[1-9]$/),
    ])
  })

  const PROGRAMS = ['--ro-bind', '/usr', '--symlink', 'usr/lib:/lib', '--symlink', 'usr/lib64:/lib64']

  test('an empty root has what the mounts put there, and the working directory where one has it', () => {
    const args = [...MNT, '--root', 'empty', ...PROGRAMS, '--symlink', 'usr/bin:/bin']
    expect(output([...args, '/bin/sh', '-c', 'pwd; ls /'])).toBe('/\nbin\nlib\nlib64\nusr\n')
    expect(output([...args, '--bind', '.', '/bin/sh', '-c', 'pwd'])).toBe(`${folder}\n`)
    expect(output([...args, '--bind', '.:/work', '--chdir', '/work', '/bin/sh', '-c', 'pwd'])).toBe('/work\n')
  })

  test('paths with spaces, colons, commas and backslashes', () => {
    mkdirSync(join(folder, 'a b:c,d\\e'))
    const bind = './a b\\:c\\,d\\\\e:/mnt/f\\:g\\,h'
    expect(output([...MNT, '--tmpfs', '/mnt', '--bind', bind, 'ls', '/mnt'])).toBe('f:g,h\n')
  })

  test('mounts lie in the order of the options', () => {
    writeFileSync(join(folder, 'one'), '1')
    const over = [...MNT, '--bind', './one:/etc/hostname', '--tmpfs', '/etc', 'ls', '/etc']
    expect(output(over)).toBe('')
    const under = [...MNT, '--tmpfs', '/etc', '--bind', './one:/etc/hostname', 'ls', '/etc']
    expect(output(under)).toBe('hostname\n')
  })

  test('noexec and the rest are of the one mount', () => {
    const flags = ['findmnt', '-no', 'VFS-OPTIONS', '/mnt']
    expect(output([...MNT, '--ro-bind', '.:/mnt,noexec,nosuid,nodev', ...flags])).toMatch(
      /^ro,nosuid,nodev,noexec/,
    )
    expect(output([...MNT, '--bind', '.:/mnt,noexec', ...flags])).toMatch(/^rw,(?!.*nosuid).*noexec/)
  })

  test('a file from standard input, masks and read-only paths', () => {
    const script =
      'cat /mnt/file; stat -c %a /mnt/file; wc -c </etc/passwd; touch /mnt/new 2>/dev/null || echo no'
    const mounts = ['--tmpfs', '/mnt', '--file', '/dev/stdin:/mnt/file,mode=640']
    const rest = ['--mask', '/etc/passwd', '--readonly-path', '/mnt', 'sh', '-c', script]
    expect(output([...MNT, ...mounts, ...rest], { input: 'said\n' })).toBe('said\n640\n0\nno\n')
  })

  test('an overlay', () => {
    for (const name of ['lower', 'lower2']) mkdirSync(join(folder, name))
    writeFileSync(join(folder, 'lower/a'), '')
    writeFileSync(join(folder, 'lower2/b'), '')
    const args = [...MNT, '--overlay', '/mnt,lower=./lower,lower=./lower2', 'ls', '/mnt']
    expect(output(args)).toBe('a\nb\n')
  })

  test('--capabilities', () => {
    const bits = ['grep', 'CapEff', '/proc/self/status']
    expect(output(['-u', 'user', '--capabilities', 'none', ...bits])).toBe('CapEff:\t0000000000000000\n')
    expect(output(['-u', 'user', '--capabilities', 'net_raw,CAP_CHOWN', ...bits])).toBe(
      'CapEff:\t0000000000002001\n',
    )
  })

  test('-u all', () => {
    const own = output(['sh', '-c', 'readlink /proc/self/ns/*']).split('\n')
    const inside = output(['-u', 'all', 'sh', '-c', 'readlink /proc/self/ns/*']).split('\n')
    expect(inside.filter((link) => link !== '' && own.includes(link))).toEqual([])
  })

  itWith('cgroup2', 'a bundle is run', () => {
    const spec = toOciSpec('/bin/sh', ['-c', 'echo "$(uname -n) $NAME $(id -u)"; exit 5'], {
      unshare: ['user', 'mnt', 'uts', 'pid', 'ipc'],
      hostname: 'bundled',
      env: { PATH: '/usr/bin:/bin', NAME: 'value' },
      cwd: '/',
    })
    const bundle = join(folder, 'bundle')
    mkdirSync(join(bundle, 'rootfs'), { recursive: true })
    writeFileSync(join(bundle, 'config.json'), formatOciSpec(spec))
    expect(run(['--bundle', bundle])).toMatchObject({ status: 5, stdout: 'bundled value 0\n', stderr: '' })
    expect(output(['--bundle', bundle, '--env', 'NAME=other', '--', 'printenv', 'NAME'])).toBe('other\n')
  })
})

describeWith('userns', 'nskit run --join', () => {
  test('a process: its namespaces, its root, as 0 there', async () => {
    const target = spawnIn('cat', [], {
      unshare: ['user', 'mnt', 'pid', 'uts'],
      hostname: 'target',
      mounts: [{ type: 'tmpfs', destination: '/mnt' }],
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    try {
      await new Promise((resolve) => target.once('spawn', resolve))
      const pid = String(target.pid)
      expect(output(['--join', pid, 'sh', '-c', 'uname -n; id -u; pwd; stat -f -c %T /mnt'])).toBe(
        'target\n0\n/\ntmpfs\n',
      )
      expect(output(['--join', `${pid}:user,uts`, 'uname', '-n'])).toBe('target\n')
      const paths = ['user', 'uts'].flatMap((type) => ['--join', `/proc/${pid}/ns/${type}`])
      expect(output([...paths, '-u', 'mnt', '--tmpfs', '/mnt', 'uname', '-n'])).toBe('target\n')
    } finally {
      target.stdin!.end()
      await target.exited
    }
  })
})

describe('nskit run and signals', () => {
  const waiting = 'trap "echo got; exit 9" INT; echo ready; while :; do sleep 0.05; done'

  test('--new-session: what a terminal sends to nskit alone is passed on', async () => {
    const child = spawn(process.execPath, [NSKIT, 'run', '--new-session', 'sh', '-c', waiting])
    child.stdout.once('data', () => child.kill('SIGINT'))
    expect(await outcome(child)).toMatchObject({ code: 9, stdout: 'ready\ngot\n' })
  })

  test('without a terminal it is sent to nskit alone, and passed on', async () => {
    const child = spawn(process.execPath, [NSKIT, 'run', 'sh', '-c', waiting], { detached: true })
    child.stdout.once('data', () => child.kill('SIGINT'))
    expect(await outcome(child)).toMatchObject({ code: 9, stdout: 'ready\ngot\n' })
  })

  test.each([
    { args: [], survives: false },
    { args: ['--new-session'], survives: false },
    { args: ['--no-die-with-parent'], survives: true },
  ])('a nskit that is killed: $args', async ({ args, survives }) => {
    const mark = newMark()
    const script = 'echo ready; exec sleep 60'
    const child = spawn(process.execPath, [NSKIT, 'run', ...args, 'sh', '-c', script], { env: mark.env })
    const ended = new Promise((resolve) => child.once('exit', resolve))
    const isCommand = (line: string) => line.includes('sleep 60')
    await until(() => marked(mark).some(isCommand), 'the command')
    child.kill('SIGKILL')
    await ended
    if (survives) {
      const [line] = marked(mark).filter(isCommand)
      expect(line).toBeDefined()
      process.kill(Number(line!.split(' ')[0]), 'SIGKILL')
    }
    await until(() => marked(mark).length === 0, 'the end of the command')
  })
})
