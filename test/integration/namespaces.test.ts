import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { execFile, type NamespaceType, spawn } from '../../lib/index'
import { NAMESPACE_TYPES } from '../../lib/tables/namespaces'
import { shell } from '../support/inside'
import { describeWith } from '../support/needs'
import { nodeCommand, runScript } from '../support/node-script'
import { outcome } from '../support/outcome'

const own = (type: NamespaceType) => readlinkSync(`/proc/self/ns/${type}`)
/** `ls -l` of the links, seen from inside, where /proc is the old one. */
const links = async (unshare: readonly NamespaceType[]) => {
  await using child = spawn('cat', { unshare })
  await child.spawned
  const entries = NAMESPACE_TYPES.map((type) => [type, readlinkSync(`/proc/${child.pid}/ns/${type}`)])
  child.stdin?.end()
  await child.exited
  return Object.fromEntries(entries) as Record<NamespaceType, string>
}

describeWith('userns', 'which namespaces are new', () => {
  test('none, by default', async () => {
    const inside = await links([])
    for (const type of NAMESPACE_TYPES) expect(inside[type]).toBe(own(type))
  })

  test('all eight at once', async () => {
    const inside = await links(NAMESPACE_TYPES)
    for (const type of NAMESPACE_TYPES) expect(inside[type]).not.toBe(own(type))
  })

  test.each(NAMESPACE_TYPES.filter((type) => type !== 'user'))('user and %s, and no other', async (asked) => {
    const inside = await links(['user', asked])
    for (const type of NAMESPACE_TYPES) {
      if (type === asked || type === 'user') expect(inside[type]).not.toBe(own(type))
      else expect(inside[type]).toBe(own(type))
    }
  })

  test('the process hands out handles on them', async () => {
    await using child = spawn('cat', { unshare: ['user', 'net'] })
    await child.spawned
    using handle = child.namespace('net')
    expect(`net:[${handle.ino}]`).toBe(readlinkSync(`/proc/${child.pid}/ns/net`))
    child.stdin?.end()
    await child.exited
    expect(() => child.namespace('net')).toThrow(expect.objectContaining({ code: 'ESRCH' }))
  })
})

describeWith('admin', 'without a user namespace', () => {
  test.each(NAMESPACE_TYPES.filter((type) => type !== 'user'))('%s alone', async (asked) => {
    const inside = await links([asked])
    for (const type of NAMESPACE_TYPES) {
      if (type === asked) expect(inside[type]).not.toBe(own(type))
      else expect(inside[type]).toBe(own(type))
    }
  })
})

describeWith('userns', 'uts', () => {
  test('the names are set inside and the same outside', async () => {
    const before = hostname()
    const options = { unshare: ['user', 'uts'], hostname: 'box', domainname: 'example.org' } as const
    expect(await shell('uname -n; cat /proc/sys/kernel/domainname', options)).toBe('box\nexample.org')
    expect(hostname()).toBe(before)
  })

  test('64 bytes', async () => {
    const name = 'h'.repeat(64)
    expect(await shell('uname -n', { unshare: ['user', 'uts'], hostname: name })).toBe(name)
  })
})

describeWith('userns', 'time', () => {
  test('the offsets are in force', async () => {
    const options = { unshare: ['user', 'time'], timeOffsets: { monotonic: 1500, boottime: -2500 } } as const
    const text = await shell('cat /proc/self/timens_offsets', options)
    expect(text.split('\n').map((line) => line.split(/\s+/))).toEqual([
      ['monotonic', '1', '500000000'],
      ['boottime', '-3', '500000000'],
    ])
  })

  test('a command sees another uptime', async () => {
    const years = 10 * 365 * 24 * 3600
    const timeOffsets = { boottime: years * 1000 }
    const uptime = await shell('cut -d. -f1 /proc/uptime', { unshare: ['user', 'time'], timeOffsets })
    expect(Number(uptime)).toBeGreaterThan(years)
    expect(Number.parseFloat(readFileSync('/proc/uptime', 'latin1'))).toBeLessThan(years)
  })

  test('an offset that would put a clock before 0 is refused at its step', async () => {
    const { error } = await outcome(
      spawn('true', { unshare: ['user', 'time'], timeOffsets: { boottime: -4_000_000_000_000 } }),
    )
    expect(error).toMatchObject({ step: 'write-time-offsets', code: 'ERANGE', syscall: 'write' })
  })
})

describeWith('userns', 'net', () => {
  const FLAGS = 'cat /sys/class/net/lo/flags 2>/dev/null; grep -c : /proc/net/dev'

  /** Node inside listens on 127.0.0.1 and connects to itself. */
  const [node, connects] = nodeCommand(async ({ events, say }) => {
    const net = process.getBuiltinModule('node:net')
    const server = net.createServer((socket) => socket.end('through lo')).listen(0, '127.0.0.1')
    const [failed] = await Promise.race([events.once(server, 'listening'), events.once(server, 'error')])
    if (failed !== undefined) return say(failed.code)
    const { port } = server.address() as { port: number }
    const socket = net.connect(port, '127.0.0.1')
    socket.on('error', (error: NodeJS.ErrnoException) => say(error.code))
    socket.on('data', (data) => say(String(data)))
    socket.on('close', () => server.close())
  })

  test('lo is up, and the only interface', async () => {
    const { stdout } = await execFile(node, connects, { unshare: ['user', 'net'] })
    expect(JSON.parse(stdout)).toBe('through lo')
    expect((await shell(FLAGS, { unshare: ['user', 'net'] })).split('\n').at(-1)).toBe('1')
  })

  test('loopback: false leaves it down', async () => {
    const { stdout } = await execFile(node, connects, { unshare: ['user', 'net'], loopback: false })
    expect(JSON.parse(stdout)).toMatch(/^E(NETUNREACH|ADDRNOTAVAIL)$/)
  })
})

describeWith('userns', 'mnt', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nskit-mnt-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('what is mounted inside is not there outside', async () => {
    const script = 'mount -t tmpfs tmpfs "$0" && touch "$0/inside" && ls "$0"'
    const { stdout } = await execFile('/bin/sh', ['-c', script, folder], { unshare: ['user', 'mnt'] })
    expect(stdout).toBe('inside\n')
    expect(readdirSync(folder)).toEqual([])
  })

  test('nor where the tree is shared, as systemd has it', async () => {
    const shared = join(folder, 'shared')
    mkdirSync(shared)
    const line = [
      '/bin/sh',
      '-c',
      'mount -t tmpfs tmpfs "$0/point" && ls -d "$0/point" && touch "$0/point/file"',
      shared,
    ]
    // A tree of its own is made shared first, so that the host's stays what it is.
    const outer = nodeCommand(
      async ({ nskit, say, fs, childProcess, ending }, [point, inner]) => {
        childProcess.execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', point])
        childProcess.execFileSync('mount', ['--make-shared', point])
        fs.mkdirSync(`${point}/point`)
        const [file = '', ...args] = inner
        say(await ending(nskit.spawn(file, args, { unshare: ['mnt'], stdio: 'ignore' })))
        say(fs.readFileSync('/proc/self/mountinfo', 'utf8').match(/ shared:/g)?.length)
        say(fs.readdirSync(`${point}/point`))
      },
      [shared, line] as const,
    )
    const { stdout } = await execFile(...outer, { unshare: ['user', 'mnt'] })
    expect(
      stdout
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text)),
    ).toEqual([0, 1, []])
  })
})

test('no namespace of this process has changed', async () => {
  const changed = await runScript(async ({ nskit, fs, say, ending }, types) => {
    const now = () => types.map((type) => fs.readlinkSync(`/proc/thread-self/ns/${type}`)).join()
    const before = now()
    await ending(nskit.spawn('true', { unshare: types }))
    await ending(nskit.spawn('true', { unshare: types, init: false }))
    say(before !== now())
  }, NAMESPACE_TYPES)
  expect(changed).toEqual([false])
})
