import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { denySyscalls, spawnSync } from '../../lib/index'
import { describeWith } from '../support/needs'
import { isAlive, LAUNCH, Launcher, ownNamespaces, untilGone, untilNamespacesGone } from './launcher'

const NAMES = ['executor', 'backend', 'orchestrator']

it('--help says how it is used', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [LAUNCH, '--help'])
  expect(stdout).toMatch(/^usage: node launch\.mjs/)
  expect(stderr).toBe('')
})

describeWith(['userns', 'nft'], 'the launcher of the three components', () => {
  it('ends by itself when the orchestrator has had its rounds', async () => {
    await using launcher = new Launcher('--rounds', '2')
    expect(await launcher.ended).toBe(0)
    const turns = launcher.log.filter(({ event }) => event === 'turn')
    expect(turns).toMatchObject([
      { namespace: 'orchestrator', round: 1, status: 0 },
      { namespace: 'orchestrator', round: 2, status: 0 },
    ])
    expect(launcher.pids()).toHaveLength(NAMES.length)
    await untilGone(launcher.pids())
    expect(existsSync(`/sys/fs/cgroup/nskit-components-${launcher.child.pid}`)).toBe(false)
  })

  it('starts one that crashed again, each time later, and the log says how it ended', async () => {
    await using launcher = new Launcher()
    let started = await launcher.logs({ event: 'started', namespace: 'executor' })
    for (const restartIn of [100, 200]) {
      await launcher.logs({ event: 'turn', status: 0 }, started)
      process.kill(started.pid!, 'SIGKILL')
      const crashed = await launcher.logs({ event: 'crashed', namespace: 'executor' }, started)
      expect(crashed).toMatchObject({ exitCode: null, signalCode: 'SIGKILL', restartIn })
      started = await launcher.logs({ event: 'started', namespace: 'executor' }, crashed)
    }
    await launcher.logs({ event: 'turn', status: 0 }, started)
    // The others went on all the time.
    expect(launcher.pids()).toHaveLength(NAMES.length + 2)
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends all of them in order', async (signal) => {
    await using launcher = new Launcher()
    await launcher.logs({ event: 'turn', status: 0 })
    const namespaces = launcher.pids().flatMap(ownNamespaces)
    expect(namespaces.length).toBeGreaterThanOrEqual(7 * NAMES.length)
    launcher.child.kill(signal)
    expect(await launcher.ended).toBe(0)
    await untilGone(launcher.pids())
    await untilNamespacesGone(namespaces)
    expect(readFileSync('/proc/self/net/dev', 'utf8')).not.toMatch(/executor|backend/)
    expect(launcher.log.filter(({ event }) => event === 'crashed')).toEqual([])
  })

  it('a launcher that is killed takes all of them along', async () => {
    await using launcher = new Launcher()
    await launcher.logs({ event: 'turn', status: 0 })
    const pids = launcher.pids()
    expect(pids.filter(isAlive)).toHaveLength(NAMES.length)
    launcher.child.kill('SIGKILL')
    await untilGone(pids)
  })

  it('ends when nobody reads its log any more', async () => {
    await using launcher = new Launcher()
    await launcher.logs({ event: 'turn', status: 0 })
    launcher.child.stdout!.destroy()
    expect(await launcher.ended).toBe(0)
    await untilGone(launcher.pids())
  })

  it('a boundary that is denied ends it, and is named with what to do', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [LAUNCH], {
      seccomp: denySyscalls(['unshare']),
      encoding: 'utf8',
    })
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
    const log = String(stdout).trimEnd().split('\n')
    expect(log.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        namespace: 'launcher',
        event: 'denied',
        step: expect.stringMatching(/^create-/),
        code: 'EPERM',
        hint: expect.any(String),
      }),
    ])
  })
})
