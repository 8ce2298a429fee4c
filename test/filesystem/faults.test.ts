import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execFile, type Mount, type SpawnOptions, spawn } from '../../lib/index'
import { expectNothingLeft } from '../support/leftovers'
import { describeWith } from '../support/needs'
import { outcome } from '../support/outcome'
import { empty, SANDBOX } from './view'

/** Made here, as the table below names it. */
const folder = mkdtempSync(join(tmpdir(), 'nskit-views-'))
beforeAll(async () => {
  mkdirSync(join(folder, 'dir'))
  writeFileSync(join(folder, 'file'), '')
  symlinkSync('dir', join(folder, 'link'))
  await outcome(spawn('true'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function failure(options: SpawnOptions) {
  let error: unknown
  await expectNothingLeft(async () => {
    const result = await outcome(spawn('true', options))
    expect(result.events).toEqual(['error', 'close'])
    error = result.error
  })
  return error
}

const at = (name: string) => join(folder, name)
const onHost = (...mounts: Mount[]): SpawnOptions => ({ unshare: SANDBOX, mounts })
const bind = (source: string, destination: string): Mount => ({ type: 'bind', source, destination })
const tmpfs = (destination: string): Mount => ({ type: 'tmpfs', destination })

describeWith(
  'userns',
  'a view that cannot be made names its step and what it is about, and leaves nothing',
  () => {
    test.each<[string, () => SpawnOptions, Record<string, unknown>]>([
      [
        'a missing source',
        () => onHost(bind(at('absent'), at('dir'))),
        { step: 'open-source', code: 'ENOENT', syscall: 'open_tree', target: at('absent') },
      ],
      [
        'a missing destination on the host, where nothing is made',
        () => onHost(bind(at('dir'), at('absent'))),
        {
          step: 'bind-mount',
          code: 'ENOENT',
          target: at('absent'),
          hint: expect.stringContaining('only made in'),
        },
      ],
      [
        'a missing destination of a tmpfs',
        () => onHost(tmpfs(at('absent'))),
        { step: 'mount-tmpfs', code: 'ENOENT', syscall: 'mount', target: at('absent') },
      ],
      [
        'a missing destination of a file',
        () => onHost({ type: 'file', destination: at('absent'), content: 'x' }),
        { step: 'write-file', code: 'ENOENT', target: at('absent') },
      ],
      [
        'a file over a directory',
        () => onHost(bind(at('file'), at('dir'))),
        { step: 'bind-mount', code: 'ENOTDIR', syscall: 'move_mount', target: at('dir') },
      ],
      [
        'a directory over a file',
        () => onHost(bind(at('dir'), at('file'))),
        { step: 'bind-mount', code: 'ENOTDIR', target: at('file') },
      ],
      [
        'a tmpfs over a file',
        () => onHost(tmpfs(at('file'))),
        { step: 'mount-tmpfs', code: 'ENOTDIR', target: at('file') },
      ],
      [
        'a destination below a file',
        () => onHost(bind(at('dir'), `${at('file')}/x`)),
        { step: 'bind-mount', code: 'ENOTDIR', target: `${at('file')}/x` },
      ],
      [
        'a file where one has been made',
        () =>
          empty([
            { type: 'file', destination: '/x', content: '' },
            { type: 'file', destination: '/x', content: '' },
          ]),
        { step: 'write-file', code: 'EEXIST', target: '/x' },
      ],
      [
        'a link where a mount is',
        () => empty([tmpfs('/x'), { type: 'symlink', target: 'y', destination: '/x' }]),
        { step: 'make-symlink', code: 'EEXIST', target: '/x' },
      ],
      [
        'a destination to be made behind a link',
        () => empty([{ type: 'symlink', target: 'y', destination: '/x' }, tmpfs('/x/z')]),
        { step: 'mount-tmpfs', code: 'ELOOP', target: '/x/z', hint: expect.stringContaining('link') },
      ],
      [
        'layers that are not there',
        () => onHost({ type: 'overlay', destination: at('dir'), lower: [at('a'), at('b')] }),
        { step: 'mount-overlay', code: 'ENOENT', target: at('dir') },
      ],
      [
        'a root directory that is not there',
        () => ({ unshare: SANDBOX, root: at('absent') }),
        { step: 'new-root', code: 'ENOENT', target: at('absent') },
      ],
      [
        'a root directory that is a file',
        () => ({ unshare: SANDBOX, root: at('file') }),
        { step: 'new-root', code: 'ENOTDIR' },
      ],
      [
        'a root directory without /proc',
        () => ({ unshare: SANDBOX, root: at('dir') }),
        { step: 'mount-proc', code: 'ENOENT', target: '/proc' },
      ],
      [
        'a working directory that the new root has not',
        () => empty([], { cwd: folder }),
        { step: 'change-directory', code: 'ENOENT', target: folder },
      ],
      [
        'a command that the new root has not',
        () => ({ unshare: SANDBOX, root: 'empty' }),
        { step: 'exec', code: 'ENOENT' },
      ],
    ])('%s', async (_, options, expected) => {
      expect(await failure(options())).toMatchObject(expected)
    })
  },
)

describeWith('userns', 'a command without its loader', () => {
  it('ENOENT has a hint, as the file itself is there', async () => {
    const mounts: Mount[] = [{ type: 'bind', source: '/usr', destination: '/usr', readonly: true }]
    const error = await execFile('/usr/bin/true', [], {
      unshare: ['user', 'mnt'],
      root: 'empty',
      mounts,
    }).catch((reason) => reason)
    expect(error).toMatchObject({ step: 'exec', code: 'ENOENT', hint: expect.stringContaining('/lib64') })
  })
})
