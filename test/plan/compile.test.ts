import { IdMap } from '../../lib/ids/index'
import type { Caller } from '../../lib/plan/caller'
import { compile } from '../../lib/plan/compile'
import type { PlanStep } from '../../lib/plan/steps'
import { parseCall, validate } from '../../lib/plan/validate'
import type { SpawnOptions } from '../../lib/spawn/options'
import { root, user } from '../support/callers'

function steps(options: SpawnOptions, caller = user): readonly PlanStep[] {
  return compile(validate(parseCall('/bin/true', [], options)), [], caller).plan.steps
}
function ops(options: SpawnOptions, caller = user): string[] {
  return steps(options, caller).map((step) => step.op)
}
function writes(options: SpawnOptions, caller = user): string[] {
  return steps(options, caller).flatMap((step) =>
    step.op === 'WriteProcFile'
      ? [`${step.file}${step.byHelper ? ' (helper)' : ''}: ${step.content.trim()}`]
      : [],
  )
}

const WIDE = [{ containerID: 0, hostID: 100000, size: 65536 }]

describe('the order of steps', () => {
  test('without namespaces there is little to do', () => {
    expect(ops({})).toEqual(['DieWithParent', 'Descriptors', 'Exec'])
    expect(ops({ detached: true })).toEqual(['NewSession', 'Descriptors', 'Exec'])
  })

  test('the user namespace comes before those that it grants, and its map before their use', () => {
    expect(ops({ unshare: ['net', 'pid', 'mnt', 'user', 'uts'], hostname: 'box' })).toEqual([
      'OpenProc',
      'Unshare',
      'WriteProcFile',
      'WriteProcFile',
      'WriteProcFile',
      'Unshare',
      'Mount',
      'SetHostname',
      'LoopbackUp',
      'Fork',
      'Mount',
      'StartInit',
      'DieWithParent',
      'Descriptors',
      'Exec',
    ])
  })

  test('time offsets are written after the unshare and before the fork into it', () => {
    const names = ops({ unshare: ['user', 'time'], timeOffsets: { monotonic: 1500 } })
    expect(names.lastIndexOf('WriteProcFile')).toBeLessThan(names.indexOf('Fork'))
    expect(names.lastIndexOf('WriteProcFile')).toBeGreaterThan(names.lastIndexOf('Unshare'))
  })

  test('ids change before the death signal is set, which a change of credentials would clear', () => {
    expect(ops({ uid: 5, gid: 6 }, root)).toEqual([
      'SetGroups',
      'SetGid',
      'SetUid',
      'DieWithParent',
      'Descriptors',
      'Exec',
    ])
  })

  test('what a default adds, false takes away', () => {
    const all: SpawnOptions = { unshare: ['user', 'pid', 'mnt', 'net'] }
    const bare = ops({ ...all, proc: false, loopback: false, init: false, dieWithParent: false })
    expect(bare.filter((op) => ['LoopbackUp', 'StartInit', 'DieWithParent'].includes(op))).toEqual([])
    expect(bare.filter((op) => op === 'Mount')).toHaveLength(1)
  })
})

describe('time offsets', () => {
  const content = (monotonic: number) =>
    steps({ unshare: ['user', 'time'], timeOffsets: { monotonic } }).flatMap((step) =>
      step.op === 'WriteProcFile' && step.file === 'timens_offsets' ? [step.content.split('\n')[0]] : [],
    )[0]

  test.each([
    [1500, 'monotonic 1 500000000'],
    [-1500, 'monotonic -2 500000000'],
    [-1e-9, 'monotonic 0 0'],
    [-1e-6, 'monotonic -1 999999999'],
    [0.5, 'monotonic 0 500000'],
  ])('%d ms', (ms, text) => {
    expect(content(ms)).toBe(text)
  })
})

describe('who writes the maps', () => {
  test('the own id is written from inside, with setgroups denied first', () => {
    expect(writes({ unshare: ['user'] })).toEqual([
      'setgroups: deny',
      'uid_map: 0 1000 1',
      'gid_map: 0 1001 1',
    ])
    expect(writes({ unshare: ['user'], uidMap: 'self', gidMap: 'self' })).toEqual([
      'setgroups: deny',
      'uid_map: 1000 1000 1',
      'gid_map: 1001 1001 1',
    ])
  })

  test('an ordinary user has wider maps written by newuidmap and newgidmap', () => {
    const list = steps({ unshare: ['user'], uidMap: 'subids', gidMap: 'subids' })
    expect(list.map((step) => step.op).slice(1, 5)).toEqual([
      'StartHelper',
      'Unshare',
      'RunMapper',
      'RunMapper',
    ])
    expect(list[3]).toMatchObject({ kind: 'uid', triples: ['0', '1000', '1', '1', '100000', '65536'] })
    expect(list[4]).toMatchObject({ kind: 'gid', triples: ['0', '1001', '1', '1', '100000', '65536'] })
  })

  test('root has them written by a helper outside and becomes the mapped 0', () => {
    const options: SpawnOptions = { unshare: ['user'], uidMap: WIDE, gidMap: new IdMap(WIDE) }
    expect(writes(options, root)).toEqual([
      'uid_map (helper): 0 100000 65536',
      'gid_map (helper): 0 100000 65536',
    ])
    expect(ops(options, root)).toEqual(
      expect.arrayContaining(['StartHelper', 'SetGroups', 'SetGid', 'SetUid', 'Exec']),
    )
  })

  test('without privilege setgroups: allow is refused where it would fail', () => {
    expect(() => steps({ unshare: ['user'], setgroups: 'allow' })).toThrow(
      expect.objectContaining({ step: 'write-setgroups', code: 'EPERM' }),
    )
  })

  test('setgroups: allow is for a writer with privilege', () => {
    expect(writes({ unshare: ['user'], setgroups: 'allow' }, root)).toEqual([
      'uid_map (helper): 0 0 1',
      'gid_map (helper): 0 0 1',
    ])
    expect(writes({ unshare: ['user'], uidMap: WIDE, gidMap: WIDE, setgroups: 'deny' }, root)[0]).toBe(
      'setgroups (helper): deny',
    )
  })

  test('no subordinate range is an error that says where it is missing', () => {
    const poor = { ...user, subIds: () => [] }
    expect(() => steps({ unshare: ['user'], uidMap: 'subids' }, poor)).toThrow(
      expect.objectContaining({
        step: 'write-uid-map',
        code: 'ERR_NSKIT_NO_SUBORDINATE_IDS',
        target: '/etc/subuid',
      }),
    )
  })
})

describe('joining', () => {
  const join: SpawnOptions['join'] = [
    { pid: 7, types: ['net'] },
    { pid: 8, types: ['user'] },
  ]

  test('the user namespace comes last with privilege outside, first without', () => {
    const order = (caller: Caller): number[] =>
      steps({ join }, caller).flatMap((step) => (step.op === 'JoinPid' ? [step.pid] : []))
    expect(order(root)).toEqual([7, 8])
    expect(order(user)).toEqual([8, 7])
  })

  test('who joins a user namespace without asking for ids becomes its root where he is unknown', () => {
    expect(ops({ join })).toContain('BecomeRoot')
    expect(ops({ join, uid: 5 })).not.toContain('BecomeRoot')
  })

  test('joining comes before unsharing', () => {
    const names = ops({ join, unshare: ['uts'] })
    expect(names.lastIndexOf('JoinPid')).toBeLessThan(names.indexOf('Unshare'))
  })

  test('the groups of the caller stay behind wherever the joined namespace allows it', () => {
    const groups = steps({ join, uid: 5 }, user).find((step) => step.op === 'SetGroups')
    expect(groups).toEqual({ op: 'SetGroups', groups: [], ifAllowed: true })
    expect(steps({ join, groups: [4] }, user).find((step) => step.op === 'SetGroups')).toMatchObject({
      ifAllowed: false,
    })
  })

  test('a joined pid namespace needs the fork as a new one does', () => {
    expect(ops({ join: [{ pid: 7, types: ['pid'] }] })).toContain('Fork')
  })
})
