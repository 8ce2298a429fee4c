import { shell } from '../support/inside'
import { describeWith } from '../support/needs'
import { empty, nested, SANDBOX } from './view'

const PREPARE =
  'mkdir -p secret open/sub && mount -t tmpfs tmpfs open/sub && echo key > secret/key && cp secret/key file'

describeWith('userns', 'maskedPaths', () => {
  const maskedPaths = ['/mnt/secret', '/mnt/file', '/mnt/absent', '/mnt/file/below']

  test('hide directories and files, and pass over what is absent', async () => {
    const script = 'ls -A secret; cat file; echo x > secret/new'
    const answer = await nested(PREPARE, script, { unshare: SANDBOX, maskedPaths })
    expect(answer).toMatchObject({
      stdout: '',
      stderr: expect.stringMatching(/^\S+ \d+: cannot create secret\/new: Read-only file system\n$/),
      error: null,
      mountsLeft: 0,
    })
    expect((await nested(PREPARE, script, { unshare: SANDBOX })).stdout).toBe('key\nkey\n')
  })

  test('in an empty root they hide what mounts has put there', async () => {
    const mounts = [{ type: 'file', destination: '/etc2/shadow', content: 'secret' }] as const
    expect(await shell('cat /etc2/shadow', empty(mounts))).toBe('secret')
    expect(await shell('cat /etc2/shadow', empty(mounts, { maskedPaths: ['/etc2/shadow'] }))).toBe('')
  })

  test('a mount over /dev takes no part in it', async () => {
    const null_ = { type: 'file', destination: '/dev/null', content: 'of the list' } as const
    for (const more of [[], [null_]]) {
      const mounts = [{ type: 'tmpfs', destination: '/dev' }, ...more] as const
      const script = 'wc -c < file; (echo x > file) && cat file'
      const answer = await nested(PREPARE, script, { unshare: SANDBOX, maskedPaths, mounts })
      expect(answer).toMatchObject({
        stdout: '0\n',
        stderr: expect.stringContaining('Read-only'),
        error: null,
      })
    }
  })

  test('a link is followed inside the root alone', async () => {
    const mounts = [
      { type: 'file', destination: '/real', content: 'secret' },
      { type: 'symlink', target: '../../../real', destination: '/a/link' },
    ] as const
    expect(await shell('cat /real', empty(mounts, { maskedPaths: ['/a/link'] }))).toBe('')
  })
})

describeWith('userns', 'readonlyPaths', () => {
  const script = 'for each in open open/sub secret; do echo x 2> /dev/null > $each/x || echo $each; done'

  test('with all submounts; what is absent is passed over', async () => {
    const readonlyPaths = ['/mnt/open', '/mnt/absent']
    const answer = await nested(PREPARE, script, { unshare: SANDBOX, readonlyPaths })
    expect(answer).toMatchObject({ stdout: 'open\nopen/sub\n', error: null, mountsLeft: 0 })
    expect((await nested(PREPARE, script, { unshare: SANDBOX })).stdout).toBe('')
  })

  test('a file, and what lies below a mount of the list', async () => {
    const mounts = [
      { type: 'tmpfs', destination: '/t' },
      { type: 'file', destination: '/t/f', content: 'kept\n' },
    ] as const
    const write = '(echo x > /t/f) 2>&1 | grep -o Read-only; cat /t/f; echo y > /t/other && cat /t/other'
    expect(await shell(write, empty(mounts, { readonlyPaths: ['/t/f'] }))).toBe('Read-only\nkept\ny')
  })
})
