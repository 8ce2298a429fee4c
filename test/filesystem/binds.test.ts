import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execFile, type Mount } from '../../lib/index'
import type { BindMount } from '../../lib/spawn/mount'
import { shell } from '../support/inside'
import { describeWith } from '../support/needs'
import { empty, nested, SANDBOX, tries } from './view'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nskit-binds-'))
  chmodSync(folder, 0o755)
  mkdirSync(join(folder, 'dir'))
  writeFileSync(join(folder, 'file'), 'content\n')
})
afterEach(() => rmSync(folder, { recursive: true }))

const bind = (name: string, rest: Partial<BindMount> = {}): BindMount => ({
  type: 'bind',
  source: join(folder, name),
  destination: `/there/${name}`,
  ...rest,
})

describeWith('userns', 'a bind', () => {
  test('of a directory, of a file and of a socket', async () => {
    const socket = join(folder, 'socket')
    await using server = createServer((client) => client.end('from outside'))
    await new Promise<void>((resolve) => server.listen(socket, resolve))
    const node = `require('net').connect('/there/socket').pipe(process.stdout)`
    const script = `cat /there/file; ls -A /there/dir | wc -l; "${process.execPath}" -e "${node}"`
    const own = { type: 'bind', source: process.execPath, destination: process.execPath } as const
    const text = await shell(script, empty([own, bind('file'), bind('dir'), bind('socket')]))
    expect(text).toBe('content\n0\nfrom outside')
  })

  test('is writable, unless it is readonly; the source stays writable', async () => {
    expect((await tries('echo in > /there/dir/new', empty([bind('dir')]))).status).toBe(0)
    const refused = await tries('echo in > /there/dir/new', empty([bind('dir', { readonly: true })]))
    expect(refused.stderr).toContain('Read-only file system')
    writeFileSync(join(folder, 'dir/new'), 'out')
    const file = await tries('echo in > /there/file', empty([bind('file', { readonly: true })]))
    expect(file.stderr).toContain('Read-only file system')
  })

  test('noexec, nosuid and nodev hold', async () => {
    writeFileSync(join(folder, 'dir/script'), '#!/bin/sh\necho ran\n', { mode: 0o755 })
    expect(await shell('/there/dir/script', empty([bind('dir')]))).toBe('ran')
    const refused = await tries('/there/dir/script', empty([bind('dir', { noexec: true })]))
    expect(refused).toMatchObject({ status: 126, stderr: expect.stringContaining('Permission denied') })
    const flags = await shell(
      `grep ' /there/dir ' /proc/self/mountinfo | cut -d' ' -f6`,
      empty([bind('dir', { nosuid: true, nodev: true })]),
    )
    expect(flags.split(',')).toEqual(expect.arrayContaining(['nosuid', 'nodev']))
  })

  test('a relative source is of the working directory', async () => {
    const mount = { type: 'bind', source: 'package.json', destination: '/there' } as const
    expect(await shell('head -c 1 /there', empty([mount]))).toBe('{')
  })

  test("in root 'host' it lies over what is there", async () => {
    const mounts = [{ ...bind('file'), destination: '/etc/hostname' }]
    expect(await shell('cat /etc/hostname', { unshare: SANDBOX, mounts })).toBe('content')
  })

  test('its source may lie where another mount of the list will be', async () => {
    const mounts = [
      { type: 'tmpfs', destination: folder },
      bind('file', { destination: join(folder, 'kept') }),
    ] as const
    expect(await shell(`ls -A ${folder}; cat ${folder}/kept`, { unshare: SANDBOX, mounts })).toBe(
      'kept\ncontent',
    )
  })
})

/** A source with a submount, each with a file in it. */
const PREPARE = 'mkdir -p from/sub to && mount -t tmpfs tmpfs from/sub && touch from/top from/sub/deep'
const WRITE = 'for each in to to/sub; do echo x 2> /dev/null > $each/new && echo $each; done'
const FROM_TO = { type: 'bind', source: '/mnt/from', destination: '/mnt/to' } as const

describeWith('userns', 'a source with submounts', () => {
  test('readonly is so in the submounts too', async () => {
    const answer = await nested(PREPARE, WRITE, {
      unshare: SANDBOX,
      mounts: [{ ...FROM_TO, readonly: true }],
    })
    expect(answer).toMatchObject({ stdout: '', error: null, mountsLeft: 0 })
    // With the boundary off, the same script writes.
    expect(await nested(PREPARE, WRITE, { unshare: SANDBOX, mounts: [FROM_TO] })).toMatchObject({
      stdout: 'to\nto/sub\n',
    })
  })

  test('the source stays writable meanwhile', async () => {
    const script = 'echo x > from/new && echo x > from/sub/new && echo written'
    const answer = await nested(PREPARE, script, {
      unshare: SANDBOX,
      mounts: [{ ...FROM_TO, readonly: true }],
    })
    expect(answer.stdout).toBe('written\n')
  })

  test('recursive: false leaves them out, where the mounts are the own user namespace’s', async () => {
    const mounts = [{ ...FROM_TO, recursive: false }]
    const answer = await nested(PREPARE, 'ls to/sub to', { unshare: ['pid', 'mnt'], mounts })
    expect(answer.stdout).toBe('to:\nsub\ntop\n\nto/sub:\n')
  })

  test('recursive: false is refused where they are locked: they would uncover what they hide', async () => {
    const mounts = [{ ...FROM_TO, recursive: false }]
    const { error } = await nested(PREPARE, 'true', { unshare: SANDBOX, mounts })
    expect(error).toMatchObject({
      step: 'open-source',
      code: 'EINVAL',
      target: '/mnt/from',
      hint: expect.stringContaining('recursive'),
    })
  })

  test('a nosuid, nodev and noexec source can be bound readonly, and keeps its flags', async () => {
    const prepare = 'mkdir from to && mount -t tmpfs -o nosuid,nodev,noexec,noatime tmpfs from'
    const script = `grep ' /mnt/to ' /proc/self/mountinfo | cut -d' ' -f6`
    const mounts = [{ ...FROM_TO, readonly: true }]
    const answer = await nested(prepare, script, { unshare: SANDBOX, mounts })
    expect(answer.stdout).toBe('ro,nosuid,nodev,noexec,noatime\n')
  })
})

/** Ids of which none is the caller's: as root of the host has them, and as root of a user namespace can. */
describeWith(['userns', 'admin'], 'the caller may look where the mapped root may not', () => {
  const ids = [{ containerID: 0, hostID: 1000, size: 10 }]
  const mapped = { uidMap: ids, gidMap: ids }

  beforeEach(() => chmodSync(folder, 0o700))

  test('at a source', async () => {
    expect(await shell('cat /there/file', empty([bind('file')], mapped))).toBe('content')
  })

  test('at a root directory', async () => {
    const root = join(folder, 'dir')
    const links = ['lib', 'lib64', 'bin'].filter((name) => lstatSync(`/${name}`).isSymbolicLink())
    for (const name of links) symlinkSync(readlinkSync(`/${name}`), join(root, name))
    mkdirSync(join(root, 'usr'))
    const mounts: Mount[] = [{ type: 'bind', source: '/usr', destination: '/usr', readonly: true }]
    const { stdout } = await execFile('/usr/bin/ls', ['/'], {
      unshare: SANDBOX,
      proc: false,
      root,
      ...mapped,
      mounts,
    })
    expect(stdout.split('\n').filter(Boolean)).toEqual([...links, 'usr'].sort())
  })
})
