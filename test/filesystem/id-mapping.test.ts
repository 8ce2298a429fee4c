import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SpawnOptions, spawn } from '../../lib/index'
import { shell } from '../support/inside'
import { expectNothingLeft } from '../support/leftovers'
import { describeWith, itWith } from '../support/needs'
import { outcome } from '../support/outcome'
import { nested, SANDBOX } from './view'

/** The ids that the sandbox owns on the host; on disk they are those that it sees. */
const MAP = [{ containerID: 0, hostID: 700_000, size: 1000 }]
const MAPS = { uid: MAP, gid: MAP }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nskit-idmap-'))
  chmodSync(folder, 0o755)
})
afterEach(() => rmSync(folder, { recursive: true }))

const view = (source: string): SpawnOptions => ({
  unshare: SANDBOX,
  uidMap: MAP,
  gidMap: MAP,
  mounts: [{ type: 'bind', source, destination: '/mnt', idMap: MAPS }],
})

/** Fills the directory with what ids on disk are to be seen by. */
function fill(directory: string): void {
  chmodSync(directory, 0o755)
  for (const id of [0, 7]) {
    writeFileSync(join(directory, `of-${id}`), '')
    chownSync(join(directory, `of-${id}`), id, id)
  }
}

describeWith('root', 'an idmapped bind', () => {
  const script = 'cd /mnt && stat -c "%n %u %g" of-0 of-7 && echo new > made && rm -f /mnt/absent'

  test('shows ids on disk as ids inside, and writes those inside as those on disk', async () => {
    fill(folder)
    expect(await shell(script, view(folder))).toBe('of-0 0 0\nof-7 7 7')
    expect(statSync(join(folder, 'made'))).toMatchObject({ uid: 0, gid: 0 })
    // Without it they are nobody's, and nothing can be made.
    const bare = { ...view(folder), mounts: [{ type: 'bind', source: folder, destination: '/mnt' }] } as const
    expect(await shell('stat -c %u /mnt/of-7', bare)).toBe('65534')
  })

  itWith(
    ['loop', 'idmapped-tmpfs'],
    'also of an ext4 and of a tmpfs, each with maps of its own',
    async () => {
      const image = join(folder, 'image')
      execFileSync('truncate', ['-s', '16M', image])
      execFileSync('mkfs.ext4', ['-q', image])
      const [disk, memory] = [join(folder, 'disk'), join(folder, 'memory')]
      for (const each of [disk, memory]) mkdirSync(each)
      execFileSync('mount', ['-o', 'loop', image, disk])
      execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', memory])
      try {
        for (const each of [disk, memory]) fill(each)
        const shifted = [{ containerID: 7, hostID: 700_001, size: 1 }]
        const options: SpawnOptions = {
          ...view(disk),
          mounts: [
            { type: 'bind', source: disk, destination: '/mnt', idMap: MAPS },
            {
              type: 'bind',
              source: memory,
              destination: '/srv',
              idMap: { uid: shifted, gid: shifted },
              readonly: true,
            },
            { type: 'bind', source: memory, destination: '/opt', idMap: { uid: shifted, gid: shifted } },
          ],
        }
        const text = await shell(
          `${script}; stat -c %u /srv/of-7 /opt/of-7 /srv/of-0; touch /srv/x 2>&1 | grep -o Read-only`,
          options,
        )
        expect(text.split('\n')).toEqual(['of-0 0 0', 'of-7 7 7', '1', '1', '65534', 'Read-only'])
        expect(statSync(join(disk, 'made')).uid).toBe(0)
      } finally {
        for (const each of [disk, memory]) execFileSync('umount', [each])
      }
    },
  )

  test('of a file system that knows none of it is an error of its own', async () => {
    const { error } = await outcome(spawn('true', view('/proc')))
    expect(error).toMatchObject({
      step: 'open-source',
      code: 'EINVAL',
      target: '/proc',
      hint: expect.stringContaining('idmapped'),
    })
  })
})

describeWith(['userns', 'idmapped-tmpfs'], 'an idmapped bind by root of a user namespace', () => {
  test('of a tmpfs that is its own', async () => {
    const prepare = 'mkdir from to && touch from/file'
    const seenBy = async (containerID: number) => {
      const map = [{ containerID, hostID: 0, size: 1 }]
      const idMap = { uid: map, gid: map }
      const mounts = [{ type: 'bind', source: '/mnt/from', destination: '/mnt/to', idMap }] as const
      return nested(prepare, 'stat -c %u from/file to/file', { unshare: ['mnt', 'pid'], mounts })
    }
    expect(await seenBy(0)).toMatchObject({ stdout: '0\n0\n', error: null, mountsLeft: 0 })
    // No id on disk but 5 has one that it appears as.
    expect(await seenBy(5)).toMatchObject({ stdout: '0\n65534\n', error: null, mountsLeft: 0 })
  })
})

describeWith('ordinary', 'without privilege', () => {
  test('an idmapped bind is EPERM, says what it needs, and leaves nothing', async () => {
    const own = { uid: 'root', gid: 'root' } as const
    for (const idMap of [MAPS, own]) {
      await expectNothingLeft(async () => {
        const mounts = [{ type: 'bind', source: folder, destination: '/mnt', idMap }] as const
        const { error } = await outcome(spawn('true', { unshare: SANDBOX, mounts }))
        expect(error).toMatchObject({
          step: expect.stringMatching(/^(create-id-mapping|open-source)$/),
          code: 'EPERM',
          hint: expect.stringContaining('CAP_SYS_ADMIN'),
        })
      })
    }
  })
})
