import { describeWith } from '../support/needs'
import { nested, SANDBOX } from './view'

/** A kernel before 5.12 knows no mount_setattr(2), one before 5.6 no openat2(2), one before 5.2 no open_tree(2). */
const without = (syscall: string) => [
  'strace',
  '-f',
  '-qq',
  '-o',
  '/dev/null',
  '-e',
  `inject=${syscall}:error=ENOSYS`,
]

const PREPARE = 'mkdir -p from/sub to && echo kept > from/file && touch file'
const FROM_TO = { type: 'bind', source: '/mnt/from', destination: '/mnt/to' } as const
const FLAGS = (path: string) => `grep ' ${path} ' /proc/self/mountinfo | tail -1 | cut -d' ' -f6`

describeWith(['userns', 'strace'], 'without mount_setattr(2)', () => {
  const old = without('mount_setattr')

  test('readonly works by a remount, which keeps the flags that there were', async () => {
    const prepare = `${PREPARE} && mount -t tmpfs -o nosuid,nodev,noatime tmpfs from`
    const mounts = [{ ...FROM_TO, readonly: true }]
    const script = `echo x > to/new; ${FLAGS('/mnt/to')}; echo x > from/new && cat to/new`
    const answer = await nested(prepare, script, { unshare: SANDBOX, mounts }, old)
    expect(answer).toMatchObject({
      stdout: 'ro,nosuid,nodev,noatime\nx\n',
      stderr: expect.stringContaining('to/new: Read-only file system'),
      error: null,
    })
  })

  test('of a file as well, in an empty root too, and with the other attributes', async () => {
    const rest = { readonly: true, nosuid: true, nodev: true, noexec: true }
    const mounts = [
      { type: 'bind', source: '/', destination: '/host' },
      { type: 'symlink', target: 'host/bin', destination: '/bin' },
      { type: 'symlink', target: 'host/usr', destination: '/usr' },
      { type: 'symlink', target: 'host/lib', destination: '/lib' },
      { type: 'symlink', target: 'host/lib64', destination: '/lib64' },
      { type: 'bind', source: '/mnt/file', destination: '/one', ...rest },
    ] as const
    const answer = await nested(PREPARE, FLAGS('/one'), { unshare: SANDBOX, root: 'empty', mounts }, old)
    expect(answer).toMatchObject({ stdout: 'ro,nosuid,nodev,noexec,relatime\n', error: null, mountsLeft: 0 })
  })

  test('readonlyPaths work where nothing is mounted below', async () => {
    const script = `echo x > from/new; ${FLAGS('/mnt/from')}`
    const answer = await nested(PREPARE, script, { unshare: SANDBOX, readonlyPaths: ['/mnt/from'] }, old)
    expect(answer).toMatchObject({
      stdout: 'ro,relatime\n',
      stderr: expect.stringContaining('Read-only'),
      error: null,
    })
  })

  test('with submounts, which would stay writable, nothing runs', async () => {
    const prepare = `${PREPARE} && mount -t tmpfs tmpfs from/sub`
    const mounts = [{ ...FROM_TO, readonly: true }]
    for (const [options, step, target] of [
      [{ mounts }, 'bind-mount', '/mnt/to'],
      [{ readonlyPaths: ['/mnt/from'] }, 'make-readonly', '/mnt/from'],
      [{ rootReadonly: true }, 'make-readonly', '/'],
    ] as const) {
      const answer = await nested(prepare, 'true', { unshare: SANDBOX, ...options }, old)
      expect(answer).toMatchObject({
        status: null,
        error: { step, target, code: 'ENOSYS', hint: expect.stringContaining('5.12') },
        mountsLeft: 0,
      })
    }
    // It is the submount: a source without one is bound.
    expect((await nested(PREPARE, 'true', { unshare: SANDBOX, mounts }, old)).error).toBeNull()
  })

  test('any other error is none to work around', async () => {
    const denied = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'inject=mount_setattr:error=EPERM']
    const mounts = [{ ...FROM_TO, readonly: true }]
    const answer = await nested(PREPARE, 'true', { unshare: SANDBOX, mounts }, denied)
    expect(answer.error).toMatchObject({ step: 'open-source', code: 'EPERM' })
  })
})

describeWith(['userns', 'strace'], 'without openat2(2) or open_tree(2)', () => {
  test.each([
    ['openat2', 'bind-mount', '/mnt/to'],
    ['open_tree', 'open-source', '/mnt/from'],
  ])('%s', async (syscall, step, target) => {
    const answer = await nested(PREPARE, 'true', { unshare: SANDBOX, mounts: [FROM_TO] }, without(syscall))
    expect(answer.error).toMatchObject({
      step,
      target,
      code: 'ENOSYS',
      hint: expect.stringContaining('Linux'),
    })
  })
})
