import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { endSession } from '../../lib/probe/end-session'
import { describeWith } from '../support/needs'
import { runScript } from '../support/node-script'

/** How a process of a session of its own ends, if at all, once its session has been ended so. */
async function endAfter(isReaped: boolean): Promise<string | null> {
  const child = spawn('sleep', ['640'], { detached: true, stdio: 'ignore' })
  await once(child, 'spawn')
  endSession(child.pid!, isReaped)
  // What has not been killed ends by this.
  child.kill('SIGTERM')
  const [, signal] = await once(child, 'exit')
  return signal
}

it('a session is ended by its id', async () => {
  expect(await endAfter(false)).toBe('SIGKILL')
})

it('whoever has got the number of a leader that is gone is left alone', async () => {
  expect(await endAfter(true)).toBe('SIGTERM')
})

describeWith('userns', 'where /proc has the numbers of an outer pid namespace', () => {
  it('nobody else is killed, and the program answers', async () => {
    const [said] = await runScript(
      async ({ nskit, say, childProcess, timers }) => {
        const others = Array.from({ length: 60 }, () => childProcess.spawn('sleep', ['641']))
        const found = await nskit.probeProgram(['sh', '-c', 'sleep 642 & exit 0'])
        await timers.setImmediate()
        for (const each of others) each.kill('SIGTERM')
        const ends = await Promise.all(
          others.map((each) => new Promise((resolve) => each.once('exit', (_, signal) => resolve(signal)))),
        )
        say({ ok: found.ok, ends: [...new Set(ends)] })
      },
      undefined,
      { through: ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--kill-child'] },
    )
    expect(said).toEqual({ ok: true, ends: ['SIGTERM'] })
  })
})
