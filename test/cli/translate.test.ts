import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NamespacedProcess } from '../../lib/index'
import { running } from '../namespaces/children'
import { describeWith, itWith } from '../support/needs'
import { nskit } from './io'

const MAP = '0:1000:1,1:100000:65536'
const [uid, gid] = [process.geteuid!(), process.getegid!()]

describe('nskit translate with --map', () => {
  test.each<[string[], string]>([
    [['1000'], `host 1000 is 0 in the map ${MAP}\n`],
    [['100999'], `host 100999 is 1000 in the map ${MAP}\n`],
    [['100999', '--kind', 'gid'], `gid host 100999 is 1000 in the map ${MAP}\n`],
    [['1000', '--from', 'inside'], `1000 in the map ${MAP} is host 100999\n`],
  ])('%j', async (args, stdout) => {
    expect(await nskit('translate', ...args, '--map', MAP)).toEqual({ code: 0, stdout, stderr: '' })
  })

  test('in several options', async () => {
    const maps = MAP.split(',').flatMap((each) => ['--map', each])
    expect((await nskit('translate', '100000', ...maps)).stdout).toBe(`host 100000 is 1 in the map ${MAP}\n`)
  })

  test.each<[string[], string]>([
    [['999'], `host 999 is not mapped in the map ${MAP}\n`],
    [['65537', '--from', 'inside'], `65537 in the map ${MAP} is not mapped\n`],
  ])('%j: not mapped is exit code 1', async (args, stderr) => {
    expect(await nskit('translate', ...args, '--map', MAP)).toEqual({ code: 1, stdout: '', stderr })
  })

  test('--json', async () => {
    const mapped = await nskit('translate', '1000', '--map', '0:1000:1', '--json')
    expect(mapped).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(mapped.stdout)).toEqual({
      path: null,
      pid: null,
      map: [{ containerID: 0, hostID: 1000, size: 1 }],
      ids: [{ kind: 'uid', host: 1000, inside: 0 }],
    })
    const unmapped = await nskit('translate', '1', '--map', '0:1000:1', '--json')
    expect(unmapped).toMatchObject({ code: 1, stderr: '' })
    expect(JSON.parse(unmapped.stdout).ids).toEqual([{ kind: 'uid', host: 1, inside: null }])
  })
})

describeWith('userns', 'nskit translate with --pid', () => {
  let child: NamespacedProcess
  beforeAll(async () => {
    child = await running('cat', [], { unshare: ['user'] })
  })
  afterAll(() => child[Symbol.asyncDispose]())

  test('an id, both ways', async () => {
    const place = `the user namespace of pid ${child.pid}`
    const pid = ['--pid', String(child.pid)]
    expect((await nskit('translate', String(uid), ...pid)).stdout).toBe(`host ${uid} is 0 in ${place}\n`)
    expect((await nskit('translate', '0', ...pid, '--from', 'inside', '--kind', 'gid')).stdout).toBe(
      `gid 0 in ${place} is host ${gid}\n`,
    )
  })

  itWith('admin', 'the host id of a range', async () => {
    const map = [{ containerID: 0, hostID: 10_000, size: 2000 }]
    await using other = await running('cat', [], { unshare: ['user'], uidMap: map, gidMap: map })
    const { stdout } = await nskit('translate', '11000', '--pid', String(other.pid))
    expect(stdout).toBe(`host 11000 is 1000 in the user namespace of pid ${other.pid}\n`)
  })

  test('a path: its owner and its group', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nskit-cli-'))
    try {
      const place = `the user namespace of pid ${child.pid}`
      const { code, stdout } = await nskit('translate', folder, '--pid', String(child.pid))
      expect(code).toBe(0)
      expect(stdout).toBe(
        `${folder}: uid host ${uid} is 0 in ${place}\n${folder}: gid host ${gid} is 0 in ${place}\n`,
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('a path that is not there is a failure', async () => {
    const { code, stderr } = await nskit('translate', '/no/such/file', '--pid', String(child.pid))
    expect(code).toBe(1)
    expect(stderr).toMatch(/^nskit: ENOENT: .*\/no\/such\/file/)
  })
})
