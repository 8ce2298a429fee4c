import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NamespacedProcess } from '../../lib/index'
import { running } from '../namespaces/children'
import { describeWith, itWith } from '../support/needs'
import { nskit } from './io'

const [uid, gid] = [process.geteuid!(), process.getegid!()]

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nskit-owner-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describeWith('userns', 'nskit owner', () => {
  let child: NamespacedProcess
  beforeAll(async () => {
    child = await running('cat', [], { unshare: ['user'] })
  })
  afterAll(() => child[Symbol.asyncDispose]())

  test('shows the owner on the host and inside', async () => {
    expect(await nskit('owner', folder, '--pid', String(child.pid))).toEqual({
      code: 0,
      stdout: `Path:   ${folder}\nHost:   uid ${uid}, gid ${gid}\nInside: uid 0, gid 0\n`,
      stderr: '',
    })
  })

  test('--json', async () => {
    const { code, stdout } = await nskit('owner', folder, '--pid', String(child.pid), '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      path: folder,
      pid: child.pid,
      host: { uid, gid },
      inside: { uid: 0, gid: 0 },
    })
  })

  itWith('admin', 'an id that is not mapped is exit code 1', async () => {
    const other = mkdtempSync(join(folder, 'other-'))
    chownSync(other, 33, gid)
    const asText = await nskit('owner', other, '--pid', String(child.pid))
    expect(asText).toMatchObject({ code: 1, stdout: expect.stringContaining('uid not mapped, gid 0\n') })
    const { code, stdout } = await nskit('owner', other, '--pid', String(child.pid), '--json')
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ host: { uid: 33 }, inside: { uid: null, gid: 0 } })
  })

  test('a file that is not there is a failure', async () => {
    const { code, stderr } = await nskit('owner', join(folder, 'none'), '--pid', String(child.pid))
    expect(code).toBe(1)
    expect(stderr).toMatch(/^nskit: ENOENT: /)
  })
})

describeWith('root', 'nskit owner of a file that the process has bound with a map of its own', () => {
  const map = [{ containerID: 0, hostID: 700_000, size: 1000 }]

  test('is what the process sees, by its own path', async () => {
    const volume = mkdtempSync(join(folder, 'volume-'))
    chownSync(volume, 5, 6)
    await using child = await running('cat', [], {
      unshare: ['user', 'mnt'],
      uidMap: map,
      gidMap: map,
      mounts: [{ type: 'bind', source: volume, destination: '/mnt', idMap: { uid: map, gid: map } }],
    })
    const pid = ['--pid', String(child.pid)]
    expect((await nskit('owner', `/proc/${child.pid}/root/mnt`, ...pid)).stdout).toMatch(
      /Host: {3}uid 700005, gid 700006\nInside: uid 5, gid 6\n/,
    )
    expect(await nskit('owner', volume, ...pid)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('uid not mapped, gid not mapped'),
    })
  })
})

test.each<[args: string[], message: string]>([
  [['owner', '--pid', '1'], 'a path is missing'],
  [['owner', '/'], '--pid is missing'],
  [['owner', '/', '/', '--pid', '1'], "unexpected argument '/'"],
  [['owner', '/', '--pid', 'x'], "--pid: 'x' is no pid"],
])('%j is a wrong command line', async (args, message) => {
  const { code, stderr } = await nskit(...args)
  expect(code).toBe(2)
  expect(stderr).toContain(message)
})
