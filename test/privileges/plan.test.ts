import type { Caller } from '../../lib/plan/caller'
import { compile } from '../../lib/plan/compile'
import type { PlanStep } from '../../lib/plan/steps'
import { parseCall, validate } from '../../lib/plan/validate'
import type { SpawnOptions } from '../../lib/spawn/options'
import { root as hostRoot, user } from '../support/callers'

const root: Caller = { ...hostRoot, mayRaiseLimits: true }
const ALLOW = { defaultAction: 'SCMP_ACT_ALLOW' }

function steps(options: SpawnOptions, caller: Caller): readonly PlanStep[] {
  return compile(validate(parseCall('/bin/true', [], options)), [], caller).plan.steps
}
const ops = (options: SpawnOptions, caller: Caller) => steps(options, caller).map(({ op }) => op)

test('nothing asked for, no step more', () => {
  expect(ops({}, root)).toEqual(['DieWithParent', 'Descriptors', 'Exec'])
  expect(ops({ capabilities: 'keep', rlimits: {}, sessionKeyring: 'inherit' }, user)).toEqual([
    'DieWithParent',
    'Descriptors',
    'Exec',
  ])
})

test('everything at once, in an order in which each is still allowed', () => {
  const options: SpawnOptions = {
    unshare: ['user', 'cgroup'],
    uid: 5,
    capabilities: ['CAP_KILL'],
    rlimits: { nofile: 9 },
    seccomp: ALLOW,
    cgroup: '/sys/fs/cgroup/x',
    sessionKeyring: 'new',
    uidMap: [{ containerID: 0, hostID: 100000, size: 10 }],
    gidMap: [{ containerID: 0, hostID: 100000, size: 10 }],
  }
  const names = ops(options, root)
  expect(names[0]).toBe('EnterCgroup')
  expect(names.slice(names.lastIndexOf('DropBounding'))).toEqual([
    'DropBounding',
    'KeepCapabilities',
    'SetGroups',
    'SetUid',
    'NewKeyring',
    'DieWithParent',
    'Descriptors',
    'SetLimits',
    'SetCapabilities',
    'NoNewPrivileges',
    'Seccomp',
    'Exec',
  ])
})

describe('hard limits', () => {
  const raising = (options: SpawnOptions, caller: Caller) =>
    steps({ rlimits: { nofile: 9 }, ...options }, caller).flatMap((step) =>
      step.op === 'SetLimits' ? [step.hardOnly] : [],
    )

  test('are raised before the right to do so is given up', () => {
    expect(raising({ unshare: ['user'] }, root)).toEqual([true, false])
    expect(raising({ uid: 5 }, root)).toEqual([true, false])
    const names = ops({ rlimits: { nofile: 9 }, unshare: ['user'] }, root)
    expect(names.indexOf('SetLimits')).toBeLessThan(names.indexOf('Unshare'))
  })

  test('are set once where that right stays, or never was', () => {
    expect(raising({}, root)).toEqual([false])
    expect(raising({ unshare: ['net'] }, root)).toEqual([false])
    expect(raising({ unshare: ['user'] }, user)).toEqual([false])
  })
})

describe('the bounding set', () => {
  test('is cut where CAP_SETPCAP is there, or comes with a user namespace', () => {
    expect(ops({ capabilities: 'none' }, root)).toContain('DropBounding')
    expect(ops({ capabilities: 'none', unshare: ['user'] }, user)).toContain('DropBounding')
    expect(ops({ capabilities: 'none', join: [{ pid: 1, types: ['user'] }] }, user)).toContain('DropBounding')
  })

  test('is else made moot by no_new_privs, or refused by the kernel', () => {
    const names = ops({ capabilities: 'none' }, user)
    expect(names).not.toContain('DropBounding')
    expect(names).toContain('NoNewPrivileges')
    expect(ops({ capabilities: 'none', noNewPrivileges: false }, user)).toContain('DropBounding')
  })
})

describe('capabilities are kept through a change of ids', () => {
  test.each<[string, SpawnOptions, boolean]>([
    ['to another uid', { capabilities: ['CAP_KILL'], uid: 5 }, true],
    ['not to uid 0', { capabilities: ['CAP_KILL'], uid: 0 }, false],
    ['not where none are wanted', { capabilities: 'none', uid: 5 }, false],
    ['not unless asked for', { uid: 5 }, false],
  ])('%s', (_, options, expected) => {
    expect(ops(options, root).includes('KeepCapabilities')).toBe(expected)
  })
})

describe('a filter', () => {
  const isBefore = (options: SpawnOptions, other: PlanStep['op']) => {
    const names = ops({ seccomp: ALLOW, ...options }, root)
    return names.indexOf('Seccomp') < names.indexOf(other)
  }

  test('brings no_new_privs, and is the last step before the exec', () => {
    expect(ops({ seccomp: ALLOW }, user).slice(-3)).toEqual(['NoNewPrivileges', 'Seccomp', 'Exec'])
  })

  test('is last without it too, where CAP_SYS_ADMIN stays', () => {
    const noNewPrivileges = false
    expect(isBefore({ noNewPrivileges }, 'Descriptors')).toBe(false)
    const capabilities = ['CAP_SYS_ADMIN', 'CAP_KILL'] as const
    expect(isBefore({ noNewPrivileges, capabilities, uid: 5 }, 'SetCapabilities')).toBe(false)
  })

  test('comes before what takes CAP_SYS_ADMIN away', () => {
    const noNewPrivileges = false
    expect(isBefore({ noNewPrivileges, uid: 5 }, 'SetUid')).toBe(true)
    expect(isBefore({ noNewPrivileges, capabilities: 'none' }, 'DropBounding')).toBe(true)
  })
})
