import { explain, type SpawnOptions, spawn, spawnSync } from '../../lib/index'
import { compileSeccomp } from '../../lib/seccomp/index'
import { expectNothingLeft } from '../support/leftovers'
import { describeWith } from '../support/needs'
import { type Outcome, outcome } from '../support/outcome'
import { stateInside } from './inside'

const denying = (names: string[], action = 'SCMP_ACT_ERRNO') => ({
  defaultAction: 'SCMP_ACT_ALLOW',
  syscalls: [{ names, action }],
})
const ARCHITECTURE = process.arch === 'arm64' ? 'arm64' : 'x64'
const PROGRAM = compileSeccomp(denying(['mkdir', 'mkdirat']), ARCHITECTURE).program

/** How it ends, with nothing left behind. */
async function ended(options: SpawnOptions): Promise<Outcome> {
  await outcome(spawn('true'))
  let result: Outcome | undefined
  await expectNothingLeft(async () => {
    result = await outcome(spawn('true', options))
  })
  return result as Outcome
}

describe.each<[string, SpawnOptions]>([
  ['without namespaces', {}],
  ['under init', { unshare: ['user', 'pid', 'mnt'] }],
  ['as PID 1', { unshare: ['user', 'pid', 'mnt'], init: false }],
])('a filter, %s', (_, options) => {
  describeWith('userns', 'is in force in the command', () => {
    test.each<[string, Uint8Array | object]>([
      ['as a program', PROGRAM],
      ['as an OCI profile', denying(['mkdir', 'mkdirat'])],
    ])('%s', async (_name, seccomp) => {
      const script = 'mkdir "$0/nskit-filtered" && rmdir "$0/nskit-filtered"'
      const run = async (filter: SpawnOptions) =>
        outcome(spawn('sh', ['-c', script, process.env.TMPDIR ?? '/tmp'], { ...options, ...filter }))
      expect(await run({})).toMatchObject({ code: 0 })
      expect(await run({ seccomp })).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/not permitted/),
      })
      expect((await stateInside({ ...options, seccomp })).seccomp).toBe('filter')
    })
  })

  describeWith('userns', 'that hits the exec itself', () => {
    test('with an errno: the exec is what failed', async () => {
      const result = await ended({ ...options, seccomp: denying(['execve']) })
      expect(result.events).toEqual(['error', 'close'])
      expect(result.error).toMatchObject({ step: 'exec', code: 'EPERM', path: 'true' })
    })

    test('and everything else, the report included: the exec is what failed all the same', async () => {
      const seccomp = { defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 38 }
      const result = await ended({ ...options, seccomp })
      expect(result.events).toEqual(['error', 'close'])
      expect(result.error).toMatchObject({ step: 'exec', code: 'ENOSYS' })
      expect(spawnSync('true', { ...options, seccomp }).error).toMatchObject({ step: 'exec', code: 'ENOSYS' })
    })

    test('with death: that is how the command ends', async () => {
      const result = await ended({ ...options, seccomp: denying(['execve'], 'SCMP_ACT_KILL_PROCESS') })
      expect(result).toMatchObject({ code: null, signal: 'SIGSYS' })
    })
  })
})

describeWith('userns', 'a filter without noNewPrivileges', () => {
  test('comes before the capabilities that it needs are given up', () => {
    const options: SpawnOptions = {
      ...{ unshare: ['user'], capabilities: 'none', noNewPrivileges: false },
      seccomp: denying(['mkdir']),
    }
    const steps = explain('true', options).map(({ step }) => step)
    expect(steps.indexOf('seccomp')).toBeLessThan(steps.indexOf('drop-bounding'))
    expect(steps).not.toContain('no-new-privileges')
  })

  test('holds', async () => {
    const state = await stateInside({
      ...{ unshare: ['user'], capabilities: 'none', noNewPrivileges: false },
      seccomp: denying(['mkdir']),
    })
    expect([state.seccomp, state.noNewPrivs, state.capabilities.bounding.size]).toEqual(['filter', false, 0])
  })

  test('one that kills the set-up is named by the step that it hit', async () => {
    const result = await ended({
      ...{ unshare: ['user'], capabilities: 'none', noNewPrivileges: false },
      seccomp: denying(['capset'], 'SCMP_ACT_KILL_PROCESS'),
    })
    expect(result.events).toEqual(['error', 'close'])
    expect(result.error).toMatchObject({
      step: 'set-capabilities',
      code: 'ERR_NSKIT_SETUP_KILLED',
      message: expect.stringContaining('signal 31'),
    })
  })
})

describeWith('ordinary', 'a filter without noNewPrivileges, of an ordinary user', () => {
  test('is refused, with what to do', async () => {
    const { error } = await ended({ seccomp: denying(['mkdir']), noNewPrivileges: false })
    expect(error).toMatchObject({
      step: 'seccomp',
      code: 'EACCES',
      syscall: 'seccomp',
      hint: expect.stringContaining('noNewPrivileges: true'),
    })
  })
})

test('the bytes are those at the call, whatever happens to them later', async () => {
  const seccomp = Uint8Array.from(PROGRAM)
  const child = spawn('cat', ['/proc/self/status'], { seccomp })
  seccomp.fill(0)
  expect((await outcome(child)).stdout).toMatch(/^Seccomp:\t2$/m)
})

test('denials of what the launch itself does come too late to hurt it', async () => {
  const seccomp = denying([
    'close_range',
    'dup3',
    'prctl',
    'capset',
    'setresuid',
    'seccomp',
    'prlimit64',
    'sendmsg',
  ])
  expect(await ended({ seccomp, capabilities: 'none', rlimits: { core: 0 } })).toMatchObject({ code: 0 })
})
