import { type SpawnOptions, spawn } from '../../lib/index'
import { place, shell } from '../support/inside'
import { mode } from '../support/modes'
import { describeWith } from '../support/needs'
import { outcome } from '../support/outcome'

const { uid, gid } = place()
const START = mode === 'root' ? 100_000 : 1000
const WIDE = [{ containerID: 0, hostID: START, size: 60_000 }]
const USER = ['user'] as const

async function failure(options: SpawnOptions) {
  const { error, events } = await outcome(spawn('true', [], options))
  expect(events).toEqual(['error', 'close'])
  return error
}

describeWith('userns', 'ids in a new user namespace', () => {
  test('setgroups is denied where the map was written without privilege', async () => {
    expect(await shell('cat /proc/self/setgroups', { unshare: USER, setgroups: 'deny' })).toBe('deny')
  })

  test('an id without a mapping is EINVAL at its step', async () => {
    expect(await failure({ unshare: USER, uid: 7 })).toMatchObject({
      step: 'set-uid',
      code: 'EINVAL',
      syscall: 'setresuid',
      target: '7',
      hint: expect.stringContaining('no mapping'),
    })
    expect(await failure({ unshare: USER, gid: 8 })).toMatchObject({
      step: 'set-gid',
      code: 'EINVAL',
      target: '8',
    })
  })

  test('the id that is mapped can be named', async () => {
    expect(await shell('echo $(id -u) $(id -g)', { unshare: USER, uid: 0, gid: 0 })).toBe('0 0')
  })

  test('an id that is not 0 has no capabilities, as after any exec', async () => {
    const options = { unshare: USER, uidMap: [{ containerID: 5, hostID: uid, size: 1 }] }
    expect(await shell('grep CapEff /proc/self/status', options)).toBe('CapEff:\t0000000000000000')
  })
})

describeWith(['ordinary', 'userns'], 'what an ordinary user may not', () => {
  test('groups are refused, as setgroups is denied', async () => {
    expect(await failure({ unshare: USER, groups: [0] })).toMatchObject({ step: 'set-groups', code: 'EPERM' })
  })

  test("setgroups: 'allow' is refused before the kernel does it", async () => {
    expect(await failure({ unshare: USER, setgroups: 'allow' })).toMatchObject({
      step: 'write-setgroups',
      code: 'EPERM',
    })
  })

  test('other ids without a user namespace', async () => {
    expect(await failure({ uid: uid + 1 })).toMatchObject({ step: 'set-uid', code: 'EPERM' })
    expect(await failure({ gid: gid + 1 })).toMatchObject({ step: 'set-gid', code: 'EPERM' })
  })
})

describeWith(['admin', 'userns'], 'what root may', () => {
  const wide = { unshare: USER, uidMap: WIDE, gidMap: WIDE }

  test('uid, gid and groups, in the numbers of the new namespace', async () => {
    const ids = 'echo $(id -u) $(id -g) $(id -G)'
    expect(await shell(ids, { ...wide, uid: 33, gid: 34, groups: [35, 36] })).toBe('33 34 34 35 36')
  })

  test('other ids leave the groups of the caller behind', async () => {
    expect(await shell('id -G', { ...wide, uid: 33, gid: 34 })).toBe('34')
    expect(await shell('id -G', { uid: 33, gid: 34 })).toBe('34')
  })

  test('other ids without a user namespace', async () => {
    expect(await shell('echo $(id -u) $(id -g) $(id -G)', { uid: 33, gid: 34, groups: [35] })).toBe(
      '33 34 34 35',
    )
  })

  test.each(['allow', 'deny'] as const)('setgroups: %j', async (setgroups) => {
    expect(await shell('cat /proc/self/setgroups', { ...wide, setgroups })).toBe(setgroups)
    expect(await shell('cat /proc/self/setgroups', { unshare: USER, setgroups })).toBe(setgroups)
  })

  test('where setgroups is denied, groups fail at their step', async () => {
    expect(await failure({ ...wide, setgroups: 'deny', groups: [1] })).toMatchObject({
      step: 'set-groups',
      code: 'EPERM',
    })
  })

  test('a group without a mapping is EINVAL', async () => {
    expect(await failure({ ...wide, groups: [70_000] })).toMatchObject({
      step: 'set-groups',
      code: 'EINVAL',
      target: '70000',
    })
  })
})
