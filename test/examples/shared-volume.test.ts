import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeWith, itWith } from '../support/needs'
import { example } from './example'

/** In a file system of its own. */
async function on(mount: (folder: string, place: string) => void, work: (place: string) => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), 'nskit-shared-'))
  const place = join(folder, 'place')
  mkdirSync(place)
  try {
    mount(folder, place)
    try {
      await work(place)
    } finally {
      execFileSync('umount', [place])
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function bothShare(place: string): Promise<void> {
  const before = readdirSync(place)
  const { stdout, stderr, code } = await example('shared-volume.mjs', place)
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  expect(stdout.trim().split('\n')).toEqual([
    'the first finds letter of 1000',
    'the second finds letter of 1000',
    'the host finds answer of 1000: from the second, from the first',
    'the host finds letter of 1000: from the first, from the second',
    'without an id map, the second finds a volume of 65534 that it cannot write to',
  ])
  expect(readdirSync(place)).toEqual(before)
}

describeWith('root', 'the volume that two sandboxes share', () => {
  itWith('idmapped-tmpfs', 'on a tmpfs', async () => {
    await on((_, place) => execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', place]), bothShare)
  })

  itWith('loop', 'on an ext4', async () => {
    await on((folder, place) => {
      const image = join(folder, 'image')
      execFileSync('truncate', ['-s', '16M', image])
      execFileSync('mkfs.ext4', ['-q', image])
      execFileSync('mount', ['-o', 'loop', image, place])
    }, bothShare)
  })
})

describeWith('ordinary', 'the volume that two sandboxes share, without root,', () => {
  it('says that it needs root', async () => {
    expect(await example('shared-volume.mjs')).toMatchObject({
      stdout: '',
      stderr: 'A mount with an id map is for root.\n',
      code: 1,
    })
  })
})

describeWith('nested', 'the volume that two sandboxes share, for root of a user namespace,', () => {
  it('is refused by the step that the namespace lacks the ids for', async () => {
    const { stderr, code } = await example('shared-volume.mjs')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^(write-uid-map|create-id-mapping)/)
  })
})
