import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Mount, SpawnOptions } from '../../lib/index'
import { spawn } from '../../lib/index'
import { shell } from '../support/inside'
import { describeWith, itWith } from '../support/needs'
import { outcome } from '../support/outcome'
import { empty, nested, SANDBOX, tries } from './view'

/**
 * The known ways out of a view. Each attack is first made where the boundary is off, and must succeed there: else it would
 * say nothing where it fails.
 */

/** A folder of the host, with a secret that no view here shows. */
let host: string
beforeEach(() => {
  host = mkdtempSync(join(tmpdir(), 'nskit-escape-'))
  writeFileSync(join(host, 'secret'), 'of the host\n')
})
afterEach(() => rmSync(host, { recursive: true }))

describeWith('userns', 'links in a root directory that lead out (CVE-2021-30465)', () => {
  /** root/out and root/up are links; what they name is there on both sides. */
  const PREPARE = `
    mkdir -p victim root/victim root/mnt/victim root/dir && touch victim/mine root/mnt/victim/theirs
    ln -s /mnt/victim root/absolute && ln -s ../../../../mnt/victim root/dots
    ln -s /proc/self/root/mnt/victim root/magic
    for each in usr bin lib lib64 proc; do mkdir -p root/$each && mount --rbind /$each root/$each; done`
    .trim()
    .replaceAll('\n', '; ')

  /** What the view's /mnt/victim shows is the root's; the host's victim would show "mine". */
  const script = 'ls /mnt/victim; grep -c " /mnt/victim " /proc/self/mountinfo'

  test.each(['absolute', 'dots'])('%s: the mount lands inside', async (link) => {
    const mounts: Mount[] = [{ type: 'tmpfs', destination: `/${link}` }]
    const options: SpawnOptions = { unshare: SANDBOX, proc: false, root: '/mnt/root', mounts }
    expect(await nested(PREPARE, script, options)).toMatchObject({
      stdout: '1\n',
      error: null,
      mountsLeft: 0,
    })
    const masked = await nested(PREPARE, script, { ...options, mounts: [], maskedPaths: [`/${link}`] })
    expect(masked).toMatchObject({ stdout: '1\n', error: null })
    const plain = await nested(PREPARE, script, { ...options, mounts: [] })
    expect(plain.stdout).toBe('theirs\n0\n')
  })

  test('with links followed as ever, the same mount lands outside', async () => {
    // The host's own way: the root is not the process's, so the link leads to the victim.
    const attack = 'mount -t tmpfs tmpfs root/absolute && ls victim | wc -l'
    const answer = await nested(PREPARE, attack, { unshare: SANDBOX })
    expect(answer.stdout).toBe('0\n')
  })

  test('a magic link of /proc is not followed at all', async () => {
    const mounts: Mount[] = [{ type: 'tmpfs', destination: '/magic' }]
    const options: SpawnOptions = { unshare: SANDBOX, proc: false, root: '/mnt/root', mounts }
    expect((await nested(PREPARE, script, options)).error).toMatchObject({
      step: 'mount-tmpfs',
      code: 'ELOOP',
    })
  })

  test('nothing is made outside, where a mount came by a link to lie over a tmpfs of the list', async () => {
    mkdirSync(join(host, 'dir'))
    const mounts: Mount[] = [
      { type: 'symlink', target: 'a', destination: '/link' },
      { type: 'tmpfs', destination: '/a' },
      { type: 'bind', source: join(host, 'dir'), destination: '/link' },
    ]
    const made: Mount[] = [
      { type: 'file', destination: '/a/new', content: 'x' },
      { type: 'file', destination: '/a/folder/new', content: 'x' },
      { type: 'symlink', target: 'x', destination: '/a/new' },
      { type: 'tmpfs', destination: '/a/new' },
      { type: 'dev', destination: '/a/new' },
      { type: 'bind', source: host, destination: '/a/new' },
      { type: 'bind', source: join(host, 'secret'), destination: '/a/new' },
    ]
    for (const each of made) {
      const { error } = await outcome(spawn('true', empty([...mounts, each])))
      expect(error).toMatchObject({ code: 'ENOENT', target: each.destination })
    }
    expect(readdirSync(join(host, 'dir'))).toEqual([])
    // What is there can be mounted on, and where names and mounts agree all of them are made.
    mkdirSync(join(host, 'dir', 'there'))
    await shell('true', empty([...mounts, { type: 'tmpfs', destination: '/a/there' }]))
    for (const each of made) await shell('true', empty([...mounts.slice(0, 2), each]))
  })

  test('nothing is made outside, where a list has a link in its own root', async () => {
    mkdirSync(join(host, 'dir'))
    const mounts: Mount[] = [
      { type: 'bind', source: host, destination: '/host' },
      { type: 'symlink', target: 'host/dir', destination: '/link' },
      { type: 'file', destination: '/link/new', content: 'x' },
    ]
    const { error } = await outcome(spawn('true', empty(mounts)))
    expect(error).toMatchObject({ step: 'write-file', code: 'ELOOP' })
    expect(readdirSync(join(host, 'dir'))).toEqual([])
  })
})

describeWith('userns', 'descriptors and working directories of the host (CVE-2024-21626)', () => {
  const OPEN = 'for fd in /proc/self/fd/*; do readlink $fd || true; done'
  const init = (value: boolean) =>
    empty([{ type: 'bind', source: process.execPath, destination: process.execPath }], { init: value })

  test('no descriptor but stdio reaches the command, nor does a directory of the host', async () => {
    const leak = openSync(host, 'r')
    try {
      for (const each of [true, false]) {
        const open = (await shell(OPEN, init(each))).split('\n')
        // Pipes, and the directory that the shell's own listing reads.
        expect(open.filter((target) => !/^(socket|pipe):|^\/proc\/|^$/.test(target))).toEqual([])
      }
      // Handed over on purpose it leads there: the listing sees such a thing.
      const given = await shell(OPEN, { ...init(true), fds: { 5: leak } })
      expect(given).toMatch(/\/nskit-escape-|^\/$/m)
    } finally {
      closeSync(leak)
    }
  })

  test('no number that a cwd of /proc/self/fd/N could name leads out', async () => {
    for (let fd = 0; fd < 24; fd++) {
      const options = empty([], { cwd: `/proc/self/fd/${fd}`, stdio: ['ignore', 'pipe', 'pipe'] })
      const { stdout, error } = await outcome(spawn('/bin/sh', ['-c', 'pwd; ls -A .'], options))
      if (error === undefined) throw new Error(`cwd through ${fd}: ${stdout}`)
      expect(error).toMatchObject({
        step: 'change-directory',
        code: expect.stringMatching(/^(ENOENT|ENOTDIR|EACCES)$/),
      })
    }
  })

  test('nor does one that is handed over: the command does not start outside its root', async () => {
    const leak = openSync(host, 'r')
    try {
      const fds = { 9: leak }
      const through = { cwd: `/proc/self/fd/${leak}`, fds }
      const { error } = await outcome(spawn('true', empty([], through)))
      expect(error).toMatchObject({ step: 'change-directory', code: 'ENOENT' })
      // Without a new root it is a directory as any other.
      expect(await shell('cat secret', { ...through, unshare: ['user', 'mnt'] })).toBe('of the host')
    } finally {
      closeSync(leak)
    }
  })

  test('working directory and root are the new root; those of the init nobody inside sees', async () => {
    const script = (pid: string) => `readlink /proc/${pid}/cwd /proc/${pid}/root; ls /proc/${pid}/root/`
    const names = (await shell('ls /', empty())).split('\n')
    for (const each of [true, false]) {
      const seen = (await shell(`(${script('self')}) | sort -u`, empty([], { init: each }))).split('\n')
      expect(seen).toEqual([...new Set(['/', ...names])].sort())
    }
    expect(await tries(script('1'), empty([], { init: true }))).toMatchObject({ stdout: '', status: 2 })
  })

  test('with the old /proc, no process of the set-up keeps the old root for the command to find', async () => {
    const script = `for root in /proc/[0-9]*/root /proc/[0-9]*/cwd; do test -e $root${host}/secret && echo $root; done 2> /tmp/errors; true`
    const mounts: Mount[] = [{ type: 'tmpfs', destination: '/tmp' }]
    for (const each of [true, false]) {
      // The caller itself, where it is as privileged as the command, is the caller's business.
      const found = (await shell(script, empty(mounts, { proc: 'host', init: each }))).split('\n')
      expect(found.filter((path) => path !== '' && !existsSync(path))).toEqual([])
    }
  })
})

describeWith('userns', 'the old root', () => {
  const attack = `test -e ${'$HOST'}/secret && echo found; test -e /..${'$HOST'}/secret && echo above`

  test('is neither below, nor above, nor in the list of mounts', async () => {
    const script = `${attack}; grep -c nskit-escape /proc/self/mountinfo; ls -d /../../usr`
    const env = { ...process.env, HOST: host }
    expect(await shell(script.replace('grep -c', 'grep -c -v'), { env, unshare: SANDBOX })).toMatch(
      /^found\nabove\n/,
    )
    const answer = await tries(script, empty([], { env }))
    expect(answer.stdout).toBe('0\n/../../usr\n')
  })

  itWith('python3', 'does not come back by leaving a chroot, with every capability', async () => {
    // The classic: chroot into a folder with an open directory, then climb.
    const climb = `
      import os
      os.mkdir('/tmp/jail')
      here = os.open('/', os.O_RDONLY)
      os.chroot('/tmp/jail')
      os.fchdir(here)
      for _ in range(64): os.chdir('..')
      os.chroot('.')
      print(os.path.exists('${'HOST'}/secret'))`.replaceAll('\n      ', '\n')
    const python = climb.replace('HOST', host)
    const mounts: Mount[] = [{ type: 'tmpfs', destination: '/tmp' }]
    expect(await shell(`python3 -c "${python}"`, empty(mounts))).toBe('False')
    // Out of a mere chroot into the view's own folder the same leads to the old root.
    const jailed = python.replaceAll('/tmp/jail', `${host}/jail`)
    expect(await shell(`python3 -c "${jailed}"`, { unshare: SANDBOX })).toBe('True')
  })
})
