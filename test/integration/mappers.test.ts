import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execFile, spawn } from '../../lib/index'
import { place } from '../support/inside'
import { expectNothingLeft } from '../support/leftovers'
import { describeWith, itWith } from '../support/needs'
import { nodeCommand, runScript } from '../support/node-script'
import { outcome } from '../support/outcome'

/** Two ranges: without privilege only newuidmap can write them. */
const several = (own: number) => [
  { containerID: 0, hostID: own, size: 1 },
  { containerID: 1, hostID: 7, size: 3 },
]

interface Told {
  step: string
  code: string
  message: string
  target: string
  hint?: string
}

describeWith('subids', 'newuidmap and newgidmap', () => {
  const { uid, gid } = place()

  test('a range that /etc/subuid does not grant: its own words reach the user', async () => {
    await expectNothingLeft(async () => {
      const { error } = await outcome(spawn('true', { unshare: ['user'], uidMap: several(uid) }))
      expect(error).toMatchObject({
        step: 'write-uid-map',
        code: 'EPERM',
        target: `newuidmap 0 ${uid} 1 1 7 3`,
        message: expect.stringContaining('newuidmap: uid range [1-4) -> [7-10) not allowed'),
      })
    })
  })

  test('the same of newgidmap', async () => {
    const { error } = await outcome(spawn('true', { unshare: ['user'], gidMap: several(gid) }))
    expect(error).toMatchObject({
      step: 'write-gid-map',
      message: expect.stringContaining('newgidmap: gid range [1-4) -> [7-10) not allowed'),
    })
  })

  test('the mapped files are written whatever PATH the command gets', async () => {
    const options = {
      unshare: ['user'],
      uidMap: 'subids',
      gidMap: 'subids',
      env: { PATH: '/nowhere' },
    } as const
    const { stdout } = await execFile('/usr/bin/wc', ['-l', '/proc/self/uid_map'], options)
    expect(Number.parseInt(stdout, 10)).toBeGreaterThan(2)
  })
})

describe('a newuidmap of another kind, first in PATH', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nskit-mapper-'))
    chmodSync(folder, 0o755)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** Runs as an ordinary user, whoever runs the tests: only then a mapper is asked. */
  async function failureWith(script: string): Promise<Told> {
    writeFileSync(join(folder, 'newuidmap'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` }
    const [told] = (await runScript(
      async ({ nskit, say, warmUp, inventory, settled }) => {
        if (process.getuid?.() === 0) process.setuid?.(4242)
        const own = process.getuid?.() ?? 0
        const uidMap = [
          { containerID: 0, hostID: own, size: 1 },
          { containerID: 1, hostID: 7, size: 3 },
        ]
        await warmUp()
        const before = inventory()
        const child = nskit.spawn('true', { stdio: 'ignore', unshare: ['user'], uidMap })
        child.on('error', async (error) => {
          if (!(await settled(before))) return say('something is left')
          const { step, code, message, target, hint } = error as Error & Told
          say({ step, code, message, target, hint })
        })
      },
      undefined,
      { env },
    )) as [Told]
    return told
  }

  itWith('userns', 'what it says and that it failed is told', async () => {
    expect(await failureWith('echo "first line" >&2; echo "second line" >&2; exit 3')).toMatchObject({
      step: 'write-uid-map',
      code: 'EPERM',
      message: expect.stringContaining('first line\nsecond line'),
    })
  })

  itWith('userns', 'more words than a record holds are cut, and hold nobody up', async () => {
    const told = await failureWith('head -c 300000 /dev/zero | tr "\\0" x >&2; exit 1')
    expect(told).toMatchObject({ step: 'write-uid-map', message: expect.stringMatching(/x{900}/) })
  })

  itWith('userns', 'one that is killed has failed', async () => {
    expect(await failureWith('kill -KILL $$')).toMatchObject({ step: 'write-uid-map', code: 'EPERM' })
  })

  itWith('userns', 'none at all is ENOENT at its step, with the package to install', async () => {
    const [empty, node] = [join(folder, 'empty'), join(folder, 'node')]
    mkdirSync(empty)
    writeFileSync(node, '')
    const looks = nodeCommand(({ nskit, say }) => {
      const uidMap = [
        { containerID: 0, hostID: 1000, size: 1 },
        { containerID: 1, hostID: 7, size: 3 },
      ]
      nskit.spawn('/bin/true', { unshare: ['user'], uidMap }).on('error', (error) => {
        const { step, code, message, target, hint } = error as Error & Told
        say({ step, code, message, target, hint })
      })
    })
    // Root of a mount namespace hides the folders of programs; below it, an ordinary user looks for them.
    const [, below] = nodeCommand(
      ({ nskit, ending }, [file, args]) => {
        const uidMap = [{ containerID: 1000, hostID: 0, size: 1 }]
        return ending(nskit.spawn(file, args, { unshare: ['user'], uidMap, stdio: 'inherit' }))
      },
      [node, looks[1]] as const,
    )
    const hide = `mount --bind "$1" "$2"; node=$2 empty=$3; shift 3
      for folder in /usr/local/bin /usr/sbin /usr/bin; do mount --bind "$empty" $folder; done; exec $node "$@"`
    const line = ['-c', hide, 'sh', process.execPath, node, empty, ...below]
    // Of its own: a folder of PATH that this user may not search would make it EACCES, as with execvp(3).
    const env = { PATH: '/usr/bin:/bin' }
    const { stdout } = await execFile('/bin/sh', line, { unshare: ['user', 'mnt'], env })
    expect(JSON.parse(stdout)).toEqual({
      step: 'write-uid-map',
      code: 'ENOENT',
      message: expect.stringContaining('write-uid-map newuidmap 0 1000 1 1 7 3: ENOENT'),
      target: 'newuidmap 0 1000 1 1 7 3',
      hint: expect.stringContaining('not installed'),
    })
  })
})
