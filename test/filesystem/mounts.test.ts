import { randomBytes } from 'node:crypto'
import { execFile } from '../../lib/index'
import type { Mount } from '../../lib/spawn/mount'
import { shell } from '../support/inside'
import { describeWith, itWith } from '../support/needs'
import { empty, nested, SANDBOX, tries } from './view'

const ALL = ['user', 'pid', 'mnt', 'net', 'ipc', 'cgroup'] as const
const typeOf = (path: string) => `grep ' ${path} ' /proc/self/mountinfo | sed 's/.* - //' | cut -d' ' -f1`

describeWith('userns', 'tmpfs', () => {
  test('has the size and the mode that it is given', async () => {
    const mount = { type: 'tmpfs', destination: '/t', size: 1 << 20, mode: 0o2750 } as const
    const script = 'stat -c %a /t; head -c 2000000 /dev/zero > /t/fill 2> /dev/null; stat -c %s /t/fill'
    expect(await shell(script, empty([mount, { type: 'dev', destination: '/dev' }]))).toBe('2750\n1048576')
  })

  test('by default anybody may write in it, and delete only what is his', async () => {
    expect(await shell('stat -c %a /t', empty([{ type: 'tmpfs', destination: '/t' }]))).toBe('1777')
  })
})

describeWith('userns', 'attributes of what is mounted anew', () => {
  const attributes = "grep -o ' /m[0-9] [^ ]*' /proc/self/mountinfo"

  test('a tmpfs is readonly, or noexec, when asked', async () => {
    const attempts = 'touch /m0/x 2>&1; cp /bin/true /m1; /m1/true 2>&1'
    const lines = await shell(
      `${attributes}; ${attempts}; true`,
      empty([
        { type: 'tmpfs', destination: '/m0', readonly: true },
        { type: 'tmpfs', destination: '/m1', noexec: true },
      ]),
    )
    expect(lines.split('\n')).toEqual([
      ' /m0 ro,nosuid,nodev,relatime',
      ' /m1 rw,nosuid,nodev,noexec,relatime',
      expect.stringMatching(/Read-only file system$/),
      expect.stringMatching(/Permission denied$/),
    ])
  })

  test.each(['proc', 'sysfs', 'mqueue', 'devpts', 'cgroup2'] as const)(
    '%s is readonly when asked',
    async (type) => {
      const options = empty([{ type, destination: '/m0', readonly: true }], { unshare: ALL })
      expect(await shell(attributes, options)).toMatch(/^ \/m0 ro,nosuid,/)
    },
  )
})

describeWith('userns', 'file systems of the kernel', () => {
  test.each(['proc', 'sysfs', 'mqueue', 'devpts', 'cgroup2'] as const)('%s', async (type) => {
    const options = empty([{ type, destination: '/m/of/its/own' }], { unshare: ALL })
    expect(await shell(typeOf('/m/of/its/own'), options)).toBe(type)
  })

  test('sysfs shows the own network namespace', async () => {
    const options = empty([{ type: 'sysfs', destination: '/sys' }], { unshare: ALL })
    expect(await shell('ls /sys/class/net', options)).toBe('lo')
  })

  test('a proc of mounts is the only one at its place', async () => {
    const options = empty([{ type: 'proc', destination: '/proc' }])
    expect(await shell(`grep -c ' /proc ' /proc/self/mountinfo`, options)).toBe('1')
  })
})

describeWith('userns', 'dev', () => {
  const dev = { type: 'dev', destination: '/dev' } as const

  test('has what programs expect, and no more', async () => {
    const names = [
      'fd',
      'full',
      'null',
      'ptmx',
      'pts',
      'random',
      'shm',
      'stderr',
      'stdin',
      'stdout',
      'tty',
      'urandom',
      'zero',
    ]
    expect((await shell('ls /dev', empty([dev]))).split('\n')).toEqual(names)
  })

  test('gives no others: what is made there is no device', async () => {
    const flags = `grep ' /dev ' /proc/self/mountinfo | cut -d' ' -f6`
    expect(await shell(flags, empty([dev]))).toMatch(/\bnodev\b/)
  })

  itWith('root', 'nor by one who may make them', async () => {
    const script = 'mknod $0 c 1 5 && head -c 1 $0 | wc -c'
    const make = (place: string) => ['-c', script, place]
    const options = empty([dev], { unshare: ['pid', 'mnt'], capabilities: ['CAP_MKNOD'] })
    const { stdout, stderr } = await execFile('/bin/sh', make('/dev/zero2'), options)
    expect([stdout, stderr]).toEqual(['0\n', expect.stringContaining('Permission denied')])
  })

  test('its devices work', async () => {
    const script = `
      echo gone > /dev/null && test ! -s /dev/null && echo null
      head -c 4 /dev/zero | od -An -tx1
      head -c 8 /dev/urandom | wc -c
      (head -c 1 /dev/zero > /dev/full) 2>&1 | grep -o 'No space left'
      echo out | cat /dev/stdin
      echo shared > /dev/shm/s && cat /dev/shm/s
      stat -c %a /dev/shm`
    const text = await shell(script, empty([dev]))
    expect(text.split('\n')).toEqual(['null', ' 00 00 00 00', '8', 'No space left', 'out', 'shared', '1777'])
  })

  describeWith('python3', 'terminals', () => {
    test('a new one can be had, of an instance of its own', async () => {
      const python = 'import os, pty; m, s = os.openpty(); print(os.ttyname(s), os.listdir("/dev/pts"))'
      const text = await shell(`python3 -c '${python}'`, empty([dev]))
      expect(text).toMatch(/^\/dev\/pts\/0 \['(0', 'ptmx|ptmx', '0)'\]$/)
    })
  })

  test("in root 'host' it hides the host's", async () => {
    expect(await shell('ls /dev | wc -l', { unshare: SANDBOX, mounts: [dev] })).toBe('13')
  })
})

describeWith('userns', 'symlink and file', () => {
  test('are made, with their folders, whatever the umask', async () => {
    const bytes = randomBytes(10_000)
    const mounts: Mount[] = [
      { type: 'symlink', target: '../to/nowhere', destination: '/a/b/link' },
      { type: 'file', destination: '/c/d/text', content: 'väter\n' },
      { type: 'file', destination: '/c/secret', content: bytes, mode: 0o640 },
    ]
    const script = `readlink /a/b/link; cat /c/d/text; stat -c '%a %s' /c/d /c/d/text /c/secret; md5sum < /c/secret`
    const mask = process.umask(0o077)
    try {
      const { createHash } = await import('node:crypto')
      const [link, text, ...stats] = (await shell(script, empty(mounts))).split('\n')
      expect([link, text]).toEqual(['../to/nowhere', 'väter'])
      expect(stats.slice(0, 3)).toEqual(['755 60', '644 7', '640 10000'])
      expect(stats[3]).toContain(createHash('md5').update(bytes).digest('hex'))
    } finally {
      process.umask(mask)
    }
  })

  test("in root 'host' a file lies over the one that is there, which stays as it is", async () => {
    const mounts = [{ type: 'file', destination: '/mnt/conf', content: 'inside\n', mode: 0o640 }] as const
    const script = `cat conf; stat -c %a conf; grep -c ' / / ' /proc/self/mountinfo`
    const answer = await nested('echo outside > conf', script, { unshare: SANDBOX, mounts })
    expect(answer).toMatchObject({ stdout: 'inside\n640\n1\n', error: null, mountsLeft: 0 })
  })

  test.each([
    ['fresh', {}],
    ['host', { proc: 'host' }],
  ] as const)(
    'in an empty root a file lies over one of the %s /proc, in which nothing can be made',
    async (_, more) => {
      const mounts: Mount[] = [{ type: 'file', destination: '/proc/version', content: 'nskit\n' }]
      expect(
        await shell('cat /proc/version; grep -c " /proc/version " /proc/self/mountinfo', empty(mounts, more)),
      ).toBe('nskit\n1')
    },
  )

  test('below a place of /proc that the list covers they are made', async () => {
    const mounts: Mount[] = [
      { type: 'tmpfs', destination: '/proc/driver' },
      { type: 'file', destination: '/proc/driver/new', content: 'made' },
    ]
    const without: Mount[] = [{ type: 'file', destination: '/proc/of/nobody', content: 'made' }]
    expect(await shell('cat /proc/of/nobody', empty(without, { proc: false }))).toBe('made')
    expect(await shell('cat /proc/driver/new', empty(mounts))).toBe('made')
  })

  test('in a tmpfs of the list they are made on any root', async () => {
    const mounts: Mount[] = [
      { type: 'tmpfs', destination: '/mnt' },
      { type: 'file', destination: '/mnt/x/file', content: 'made' },
      { type: 'symlink', target: 'x/file', destination: '/mnt/link' },
    ]
    expect(await shell('cat /mnt/link', { unshare: SANDBOX, mounts })).toBe('made')
  })
})

describeWith('userns', 'overlay', () => {
  const prepare =
    'mkdir -p "l,1" "l:2" "u\\\\p" work to && echo 1 > "l,1/one" && echo 2 > "l:2/two" && echo 2 > "l:2/one"'
  const layers = { type: 'overlay', destination: '/mnt/to', lower: ['/mnt/l,1', '/mnt/l:2'] } as const

  test('shows its layers, the first one on top; what is written goes to upper alone', async () => {
    const mounts = [{ ...layers, upper: '/mnt/u\\p', work: '/mnt/work' }]
    const script = `cat to/one to/two; rm to/two; echo new > to/new; cat 'u\\p/new'; ls 'l:2'; ls to`
    const answer = await nested(prepare, script, { unshare: SANDBOX, mounts })
    expect(answer).toMatchObject({ stdout: '1\n2\nnew\none\ntwo\nnew\none\n', error: null, stderr: '' })
  })

  test('is read-only without upper', async () => {
    const answer = await nested(prepare, 'cat to/two; echo x > to/x', { unshare: SANDBOX, mounts: [layers] })
    expect(answer).toMatchObject({ stdout: '2\n', stderr: expect.stringContaining('Read-only file system') })
  })

  test('works where the Node already is in a user namespace', async () => {
    const mounts = [{ ...layers, upper: '/mnt/u\\p', work: '/mnt/work' }]
    const script = 'mkdir to/dir && rm to/one && ls to'
    const answer = await nested(prepare, script, { unshare: ['mnt', 'pid'], mounts })
    expect(answer).toMatchObject({ stdout: 'dir\ntwo\n', error: null, stderr: '' })
  })
})

describeWith('userns', 'proc', () => {
  test("'host' shows the one that there was, with all its processes", async () => {
    const options = empty([], { proc: 'host' })
    expect(await shell(`tr '\\0' '\\n' < /proc/${process.pid}/cmdline | head -1`, options)).toMatch(/node/)
    expect((await tries(`test -d /proc/${process.pid}/fd`, empty())).status).toBe(1)
  })

  test('a masked /proc: a fresh one is its own failure, the fallback works when it is asked for', async () => {
    const mask = 'mount -t tmpfs tmpfs /proc/sys'
    const script = 'ls /proc/sys | wc -l; test -e /proc/self/status && echo seen'
    for (const root of ['empty', 'host'] as const) {
      const options = root === 'empty' ? empty() : { unshare: SANDBOX }
      expect((await nested(mask, script, options)).error).toMatchObject({
        step: 'mount-proc',
        code: 'EPERM',
        target: '/proc',
        hint: expect.stringContaining("proc: 'host'"),
      })
      const answer = await nested(mask, script, { ...options, proc: 'host' })
      expect(answer).toMatchObject({ stdout: '0\nseen\n', error: null, mountsLeft: 0 })
    }
  })
})
