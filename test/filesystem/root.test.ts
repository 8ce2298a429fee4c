import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNamespaces, explain } from '../../lib/index'
import { shell } from '../support/inside'
import { describeWith } from '../support/needs'
import { empty, nested, PROGRAMS, SANDBOX, tries } from './view'

const MOUNT_POINTS = `cut -d' ' -f5 /proc/self/mountinfo`

/** A root directory with the mount points that PROGRAMS need. */
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nskit-root-'))
  chmodSync(folder, 0o755)
  for (const mount of PROGRAMS) {
    if (mount.type === 'symlink') symlinkSync(mount.target, join(folder, mount.destination))
    else mkdirSync(join(folder, mount.destination))
  }
  mkdirSync(join(folder, 'proc'))
  writeFileSync(join(folder, 'here'), 'of the root directory\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

const inDirectory = () => ({
  unshare: SANDBOX,
  root: folder,
  mounts: PROGRAMS.filter(({ type }) => type === 'bind'),
})

describeWith('userns', "root: 'empty'", () => {
  test('shows what the list puts there, and nothing else', async () => {
    const names = PROGRAMS.map(({ destination }) => destination.slice(1))
    const files = await shell('ls -A /', empty([{ type: 'tmpfs', destination: '/a/b' }]))
    expect(files.split('\n')).toEqual([...names, 'a', 'proc'].sort())
  })

  test('no other mount is left: the old root is gone', async () => {
    const points = (await shell(MOUNT_POINTS, empty())).split('\n')
    const bound = PROGRAMS.filter(({ type }) => type === 'bind').map(({ destination }) => destination)
    const below = (point: string) => bound.some((path) => point === path || point.startsWith(`${path}/`))
    expect(points.filter((point) => !below(point)).sort()).toEqual(['/', '/proc'])
  })

  test('is writable, unless it shall not be; what is mounted in it stays as it is', async () => {
    const script = 'echo a > /a && echo b > /t/b'
    const mounts = [{ type: 'tmpfs', destination: '/t' }] as const
    expect(await shell(script, empty(mounts))).toBe('')
    const refused = await tries(script, empty(mounts, { rootReadonly: true }))
    expect(refused.stderr).toContain('/a: Read-only file system')
    expect(await shell('echo b > /t/b; cat /t/b', empty(mounts, { rootReadonly: true }))).toBe('b')
  })

  test('the working directory is /, or cwd inside', async () => {
    expect(await shell('pwd', empty())).toBe('/')
    expect(await shell('pwd', empty([{ type: 'tmpfs', destination: '/w' }], { cwd: '/w' }))).toBe('/w')
  })

  test('proc: false leaves it without a /proc', async () => {
    expect(await shell('ls -d /proc 2>&1 || true', empty([], { proc: false }))).toContain('No such file')
  })

  test('without a pid namespace there is no /proc by default', async () => {
    expect(await shell('test -e /proc || echo none', empty([], { unshare: ['user', 'mnt'] }))).toBe('none')
  })

  test('works under init and without, with time namespaces, and with others', async () => {
    for (const init of [true, false]) {
      const options = empty([], {
        init,
        unshare: ['user', 'pid', 'mnt', 'net', 'ipc', 'uts', 'cgroup', 'time'],
      })
      expect(await shell('test -e /usr && echo seen', options)).toBe('seen')
    }
  })
})

describeWith('userns', 'root: a directory', () => {
  test('is what the command sees, with a fresh /proc', async () => {
    expect(await shell(`cat /here; readlink /proc/self | grep -c '[0-9]'; pwd`, inDirectory())).toBe(
      'of the root directory\n1\n/',
    )
  })

  test('what is mounted below it comes along', async () => {
    const prepare = 'mkdir sub && mount -t tmpfs tmpfs sub && echo deep > sub/file'
    const answer = await nested(prepare, 'cat /mnt/sub/file', { unshare: SANDBOX, root: '/' })
    expect(answer).toMatchObject({ stdout: 'deep\n', error: null, mountsLeft: 0 })
  })

  test('rootReadonly: with what is mounted below it, without what mounts adds', async () => {
    const prepare = 'mkdir -p sub added && mount --rbind / added && mount -t tmpfs tmpfs sub'
    const view = { unshare: SANDBOX, rootReadonly: true, proc: false } as const
    const script =
      'for each in /mnt /mnt/sub /mnt/added; do echo x 2> /dev/null > $each/x || echo $each; done'
    const mounts = [{ type: 'tmpfs', destination: '/mnt/added' }] as const
    for (const root of ['host', '/']) {
      const answer = await nested(prepare, script, { ...view, root, mounts })
      expect(answer).toMatchObject({ stdout: '/mnt\n/mnt/sub\n', error: null, mountsLeft: 0 })
    }
    expect(await nested(prepare, script, { ...view, root: '/', rootReadonly: false, mounts })).toMatchObject({
      stdout: '',
      error: null,
    })
  })
})

describeWith('userns', "root: 'host'", () => {
  test('without an option about files nothing changes', () => {
    const steps = explain('true', [], { unshare: SANDBOX }).map(({ step }) => step)
    expect(steps.filter((step) => /root|mount|source|readonly|directory/.test(step))).toEqual(['mount-proc'])
  })

  test('a mount over the working directory is seen there', async () => {
    const mounts = [{ type: 'tmpfs', destination: '/mnt/work' }] as const
    const prepare = 'mkdir work && echo hidden > work/old && cd work'
    const answer = await nested(prepare, 'pwd; ls -A', { unshare: SANDBOX, mounts })
    expect(answer).toMatchObject({ stdout: '/mnt/work\n', error: null })
  })

  test('a working directory that a mount has covered is an error, not another directory', async () => {
    const mounts = [{ type: 'tmpfs', destination: '/mnt' }] as const
    const answer = await nested('mkdir work && cd work', 'pwd', { unshare: SANDBOX, mounts })
    expect(answer.error).toMatchObject({ step: 'change-directory', code: 'ENOENT', target: '/mnt/work' })
  })
})

describeWith('userns', 'in a joined user namespace that does not know the caller', () => {
  test('a view is made also where the command gets other ids', async () => {
    await using set = await createNamespaces(['user'])
    const joined = [...set.namespaces.values()]
    const options = empty([{ type: 'tmpfs', destination: '/work' }], {
      join: joined,
      unshare: ['mnt'],
      proc: false,
      uid: 0,
      gid: 0,
    })
    expect(await shell('id -u; touch /work/made && ls /work', options)).toBe('0\nmade')
  })
})
