import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNamespaces, type SpawnOptions, spawn, spawnSync } from '../../lib/index'
import { expectNothingLeft } from '../support/leftovers'
import { describeWith } from '../support/needs'
import { nodeCommand } from '../support/node-script'
import { type Outcome, outcome } from '../support/outcome'

type Failure = NonNullable<Outcome['error']>

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nskit-faults-'))
  chmodSync(folder, 0o755)
  await outcome(spawn('true'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The failure of spawn, which has to leave nothing, and which spawnSync has to tell in the same way. */
async function failure(command: string, options: SpawnOptions): Promise<Failure> {
  let failed: Outcome | undefined
  await expectNothingLeft(async () => {
    failed = await outcome(spawn(command, options))
  })
  expect(failed?.events).toEqual(['error', 'close'])
  const error = failed?.error as Failure
  const { error: sync } = spawnSync(command, options)
  // Each names itself, as child_process's do.
  const { syscall, ...rest } = sync as Failure
  expect({ ...rest, syscall: syscall?.replace('spawnSync ', 'spawn ') }).toEqual({ ...error })
  return error
}

describe.each<[string, SpawnOptions]>([
  ['without namespaces', {}],
  ['under init', { unshare: ['user', 'pid', 'mnt'] }],
  ['as PID 1', { unshare: ['user', 'pid', 'mnt'], init: false }],
])('%s', (_, options) => {
  describeWith('userns', 'what the command names', () => {
    test('a missing program', async () => {
      const expected = {
        step: 'exec',
        code: 'ENOENT',
        syscall: 'spawn /no/such',
        path: '/no/such',
        target: '/no/such',
      }
      expect(await failure('/no/such', options)).toMatchObject(expected)
    })

    test('a script whose interpreter is missing', async () => {
      const script = join(folder, 'script')
      writeFileSync(script, '#!/no/such/interpreter\n', { mode: 0o755 })
      expect(await failure(script, options)).toMatchObject({ step: 'exec', code: 'ENOENT', target: script })
    })

    test('a program that may not be executed', async () => {
      expect(await failure('/etc/passwd', options)).toMatchObject({ step: 'exec', code: 'EACCES' })
    })

    test('a missing working directory', async () => {
      expect(await failure('true', { ...options, cwd: '/no/such/folder' })).toMatchObject({
        step: 'change-directory',
        code: 'ENOENT',
        syscall: 'chdir',
        target: '/no/such/folder',
        hint: expect.stringContaining('inside the new namespaces'),
      })
    })

    test('a working directory that is a file', async () => {
      const expected = { step: 'change-directory', code: 'ENOTDIR', target: '/etc/passwd' }
      expect(await failure('true', { ...options, cwd: '/etc/passwd' })).toMatchObject(expected)
    })

    test('a descriptor that is not open', async () => {
      const error = await failure('true', { ...options, fds: { 5: 987 } })
      expect(error).toMatchObject({ step: 'move-descriptors', code: 'EBADF' })
    })
  })
})

/** In a user namespace of its own, after `prepare`, a Node tries `options`: what its error says. */
async function failureAfter(prepare: string, options: SpawnOptions, outer: SpawnOptions): Promise<Failure> {
  const [node, args] = nodeCommand(
    ({ nskit, say, inventory, settled, warmUp }, { options }) =>
      warmUp().then(() => {
        const before = inventory()
        nskit.spawn('true', [], { ...options, stdio: 'ignore' }).on('error', async (error: Error) => {
          const { message } = error
          say({ ...error, message, clean: await settled(before) })
        })
      }),
    { options },
  )
  const line = ['-c', `${prepare} && exec "$@"`, 'sh', node, ...args]
  const { stdout, stderr } = await outcome(spawn('/bin/sh', line, outer))
  if (stdout === '') throw new Error(`no failure; stderr: ${stderr}`)
  const { clean, ...error } = JSON.parse(stdout)
  expect(clean).toBe(true)
  return error
}

describeWith('userns', 'what the host forbids', () => {
  const USER = { unshare: ['user'] } as const
  const limit = (type: string) => `echo 0 > /proc/sys/user/max_${type}_namespaces`

  test.each([
    ['user', ['user']],
    ['mnt', ['user', 'mnt', 'uts']],
    ['uts', ['user', 'mnt', 'uts']],
    ['net', ['user', 'net', 'pid']],
    ['pid', ['user', 'net', 'pid']],
    ['ipc', ['user', 'ipc']],
    ['cgroup', ['user', 'cgroup']],
    ['time', ['user', 'time']],
  ] as const)(
    'no %s namespaces (user.max_*_namespaces): the one that is refused is named',
    async (type, unshare) => {
      expect(await failureAfter(limit(type), { unshare }, USER)).toMatchObject({
        step: `create-${type}`,
        code: 'ENOSPC',
        syscall: 'unshare',
        target: `${type} namespace`,
        hint: expect.stringContaining('/proc/sys/user/max_'),
      })
    },
  )

  test('masked parts of /proc: a fresh one is refused', async () => {
    const mask = 'mount -t tmpfs tmpfs /proc/sys'
    const options = { unshare: ['user', 'pid', 'mnt'] } as const
    expect(await failureAfter(mask, options, { unshare: ['user', 'mnt', 'pid'] })).toMatchObject({
      step: 'mount-proc',
      code: 'EPERM',
      syscall: 'mount',
      target: '/proc',
      hint: expect.stringContaining('proc: false keeps the old /proc'),
    })
  })

  test('no rights at all: namespaces without a user namespace', async () => {
    const outer = {
      unshare: ['user'],
      uidMap: [{ containerID: 7, hostID: process.geteuid?.() ?? 0, size: 1 }],
    } as const
    expect(await failureAfter('true', { unshare: ['net', 'uts'] }, outer)).toMatchObject({
      step: 'create-uts',
      code: 'EPERM',
      hint: expect.stringContaining("add 'user' to unshare"),
    })
  })

  test('an unmapped caller', async () => {
    // The stage of this one maps another group only: the uid of the Node within is nobody's.
    const outer = { unshare: ['user'], uidMap: 'root', gidMap: 'root' } as const
    const nested = 'cd / && exec unshare --user -- "$@"; true'
    expect(await failureAfter(nested, USER, outer)).toMatchObject({ step: 'create-user', code: 'EPERM' })
  })

  test('createNamespaces fails at the same steps, and leaves nothing', async () => {
    await expectNothingLeft(async () => {
      const uidMap = [{ containerID: 0, hostID: process.geteuid?.() ?? 0, size: 1 }]
      await expect(
        createNamespaces(['user', 'time'], { uidMap, timeOffsets: { boottime: -4e12 } }),
      ).rejects.toMatchObject({
        step: 'write-time-offsets',
        code: 'ERANGE',
      })
    })
  })
})

describeWith(['chroot', 'userns'], 'in a chroot', () => {
  test('creating a user namespace is EPERM', async () => {
    // The whole tree at another place: all programs are there, but the root is not the namespace's.
    const chroot =
      `mkdir "$0/root"; mount --rbind / "$0/root" && exec chroot "$0/root" "$@"; true`.replaceAll(
        '$0',
        folder,
      )
    expect(await failureAfter(chroot, { unshare: ['user'] }, { unshare: ['mnt'] })).toMatchObject({
      step: 'create-user',
      code: 'EPERM',
      target: 'user namespace',
      hint: expect.stringContaining('chroot'),
    })
    rmSync(join(folder, 'root'), { recursive: true })
  })
})
