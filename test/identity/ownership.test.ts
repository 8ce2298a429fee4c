import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownerInside, ownerOutside, statInside } from '../../lib/identity/index.js'
import { IdMap } from '../../lib/ids/index.js'
import { itWith } from '../support/needs.js'

const maps = { uidMap: IdMap.fromSpec('0:100000:1000'), gidMap: IdMap.fromSpec('0:200000:10') }

it('an owner is translated both ways, uid and gid each by its map', () => {
  expect(ownerInside({ uid: 100005, gid: 200006 }, maps)).toEqual({ uid: 5, gid: 6 })
  expect(ownerOutside({ uid: 5, gid: 6 }, maps)).toEqual({ uid: 100005, gid: 200006 })
})

it('an owner that is not mapped is undefined, never 65534 and never the number itself', () => {
  expect(ownerInside({ uid: 0, gid: 200010 }, maps)).toEqual({ uid: undefined, gid: undefined })
  expect(ownerOutside({ uid: 1000, gid: 10 }, maps)).toEqual({ uid: undefined, gid: undefined })
})

describe('a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nskit-ownership-'))
  const path = join(folder, 'file')
  writeFileSync(path, 'four')
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('has inside the caller’s mapped id, and all else as on the host', () => {
    const { uid, gid, size, mtimeMs, mode } = statSync(path)
    const own = {
      uidMap: new IdMap([{ containerID: 7, hostID: uid, size: 1 }]),
      gidMap: new IdMap([{ containerID: 8, hostID: gid, size: 1 }]),
    }
    const inside = statInside(path, own)
    expect(inside).toMatchObject({ uid: 7, gid: 8, size, mtimeMs, mode })
    expect(inside.isFile()).toBe(true)
  })

  itWith('root', 'of a container has its own ids again, where the host’s stat shows others', () => {
    chownSync(path, 100033, 200009)
    expect(statInside(path, maps)).toMatchObject({ uid: 33, gid: 9 })
    chownSync(path, 0, 0)
    const { uid, gid } = statInside(path, maps)
    expect({ uid, gid }).toEqual({ uid: undefined, gid: undefined })
  })

  it('that is missing is an error as of fs', () => {
    expect(() => statInside(join(folder, 'none'), maps)).toThrow(expect.objectContaining({ code: 'ENOENT' }))
  })
})
