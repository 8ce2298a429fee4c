import { type SpawnOptions, spawn } from '../../lib/index'
import { place } from '../support/inside'
import { expectNothingLeft } from '../support/leftovers'
import { describeWith, itWith } from '../support/needs'
import { type Outcome, outcome } from '../support/outcome'
import { all, setsOf, stateInside, wideMaps } from './inside'

// In the order of their numbers, as a set is read.
const SOME = ['CAP_KILL', 'CAP_NET_BIND_SERVICE', 'CAP_NET_ADMIN'] as const
const USER: SpawnOptions = { unshare: ['user'] }

/** The failure of a step, which has to leave nothing. */
async function refused(options: SpawnOptions): Promise<NonNullable<Outcome['error']>> {
  await outcome(spawn('true'))
  let failed: Outcome | undefined
  await expectNothingLeft(async () => {
    failed = await outcome(spawn('true', options))
  })
  expect(failed?.events).toEqual(['error', 'close'])
  return failed!.error!
}

/** As whom a command runs, and what its capabilities must come to. */
const AS: Array<[name: string, need: 'userns' | 'admin' | 'ordinary', options: () => SpawnOptions]> = [
  ['as uid 0 of a user namespace', 'userns', () => USER],
  ['under the own id in a user namespace', 'userns', () => ({ ...USER, uidMap: 'self', gidMap: 'self' })],
  ['as uid 0 under an init', 'userns', () => ({ unshare: ['user', 'pid', 'mnt'] })],
  ['as another uid of a user namespace', 'admin', () => ({ ...wideMaps(), uid: 1234, gid: 1234 })],
  ['as root, without namespaces', 'admin', () => ({})],
  ['as another uid, without namespaces', 'admin', () => ({ uid: 1234, gid: 1234 })],
]

describe.each(AS)('%s', (_, need, options) => {
  describeWith(need, 'the five sets', () => {
    test("'none': all are empty, through an exec as well", async () => {
      const state = await stateInside({ ...options(), capabilities: 'none' })
      expect(setsOf(state)).toEqual(all([]))
    })

    test('a list: all are just that, through an exec as well', async () => {
      const state = await stateInside({ ...options(), capabilities: SOME })
      expect(setsOf(state)).toEqual(all(SOME))
    })

    test("'keep' changes nothing", async () => {
      const kept = await stateInside({ ...options(), capabilities: 'keep' })
      const untouched = await stateInside(options())
      expect(setsOf(kept)).toEqual(setsOf(untouched))
      expect(kept.noNewPrivs).toBe(untouched.noNewPrivs)
    })
  })
})

describeWith('userns', 'each set by itself', () => {
  const BOTH = ['CAP_CHOWN', 'CAP_KILL'] as const

  test('execve gives uid 0 all that is in the bounding set, unless it may grant nothing', async () => {
    const capabilities = { bounding: BOTH }
    expect((await stateInside({ ...USER, capabilities })).capabilities.effective.size).toBe(0)
    const state = await stateInside({ ...USER, capabilities, noNewPrivileges: false })
    expect(setsOf(state)).toEqual({
      ...all([]),
      bounding: [...BOTH],
      permitted: [...BOTH],
      effective: [...BOTH],
    })
  })

  itWith('admin', 'and others what is ambient', async () => {
    const capabilities = {
      bounding: BOTH,
      permitted: BOTH,
      effective: BOTH,
      inheritable: BOTH,
      ambient: ['CAP_KILL'],
    } as const
    const state = await stateInside({ ...wideMaps(), uid: 1234, gid: 1234, capabilities })
    expect(setsOf(state)).toEqual({ ...all(['CAP_KILL']), bounding: [...BOTH], inheritable: [...BOTH] })
  })
})

describeWith('userns', 'in a user namespace that is joined', () => {
  test('the five sets are what is asked for', async () => {
    await using inner = spawn('cat', { unshare: ['user'] })
    await inner.spawned
    const join = [{ pid: inner.pid!, types: ['user'] }] as const
    expect(setsOf(await stateInside({ join, capabilities: SOME }))).toEqual(all(SOME))
    expect(setsOf(await stateInside({ join, capabilities: 'none' }))).toEqual(all([]))
  })
})

describeWith('ordinary', 'an ordinary user, without namespaces', () => {
  test("'none' works: nothing is held, and under noNewPrivileges nothing can be had", async () => {
    const state = await stateInside({ capabilities: 'none' })
    const { bounding, ...others } = setsOf(state)
    expect(others).toEqual({ inheritable: [], permitted: [], effective: [], ambient: [] })
    expect(bounding).not.toEqual([])
    expect(state.noNewPrivs).toBe(true)
  })

  test('a list is refused by the name of what is missing, never cut short', async () => {
    expect(await refused({ capabilities: SOME })).toMatchObject({
      step: 'set-capabilities',
      code: 'EPERM',
      syscall: 'capset',
      target: 'CAP_KILL',
      hint: expect.stringContaining("add 'user' to unshare"),
    })
  })

  test('without noNewPrivileges the bounding set would have to be cut', async () => {
    expect(await refused({ capabilities: 'none', noNewPrivileges: false })).toMatchObject({
      step: 'drop-bounding',
      code: 'EPERM',
      syscall: 'prctl',
      target: 'CAP_CHOWN',
      hint: expect.stringContaining('CAP_SETPCAP'),
    })
  })
})

describeWith('userns', 'what cannot be given', () => {
  test('a capability that no kernel has yet is refused, not left out', async () => {
    expect(await refused({ ...USER, capabilities: ['CAP_KILL', 'CAP_63'] })).toMatchObject({
      step: 'set-capabilities',
      code: 'EINVAL',
      target: 'CAP_63',
      hint: expect.stringContaining('does not know'),
    })
  })
})

describe('noNewPrivileges', () => {
  test.each<[string, SpawnOptions, boolean]>([
    ['off by default', {}, false],
    ['on where asked for', { noNewPrivileges: true }, true],
    ["on by default with capabilities: 'none'", { capabilities: 'none' }, true],
    ["off by default with capabilities: 'keep'", { capabilities: 'keep' }, false],
  ])('is %s', async (_, options, expected) => {
    expect((await stateInside(options)).noNewPrivs).toBe(expected)
  })

  itWith('userns', 'off in spite of capabilities, where the bounding set could be cut', async () => {
    const state = await stateInside({ ...USER, capabilities: 'none', noNewPrivileges: false })
    expect(state.noNewPrivs).toBe(false)
    expect(setsOf(state)).toEqual(all([]))
  })
})

test('the ids of the command are those asked for, whatever it may do', async () => {
  const { uid, gid } = place()
  const state = await stateInside({ capabilities: 'none' })
  expect([state.uid.effective, state.gid.effective]).toEqual([uid, gid])
})
