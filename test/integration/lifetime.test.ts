import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SpawnOptions } from '../../lib/index'
import { marked, newMark } from '../support/marked'
import { describeWith } from '../support/needs'
import { startScript } from '../support/node-script'
import { until } from '../support/wait'

const WAYS: Array<[string, SpawnOptions]> = [
  ['no namespaces', {}],
  ['under init', { unshare: ['user', 'pid'] }],
  ['as PID 1', { unshare: ['user', 'pid'], init: false }],
  ['all but pid', { unshare: ['user', 'mnt', 'uts', 'ipc', 'net', 'cgroup', 'time'] }],
  ['all eight', { unshare: ['user', 'mnt', 'uts', 'ipc', 'net', 'cgroup', 'pid', 'time'] }],
]

async function killNode(node: ChildProcess): Promise<void> {
  const ended = once(node, 'close')
  node.kill('SIGKILL')
  await ended
}

async function isGone(mark: ReturnType<typeof newMark>): Promise<void> {
  await until(() => marked(mark).length === 0, 'no process with the mark')
}

describeWith('userns', 'SIGKILL to Node while the command runs leaves no process', () => {
  test.each(WAYS)('%s', async (_, options) => {
    const mark = newMark()
    const node = startScript(
      async ({ nskit, say }, { options }) => {
        const child = nskit.spawn('sleep', ['600'], { ...options, stdio: 'ignore' })
        await child.spawned
        say('runs')
      },
      { options },
      { env: mark.env },
    )
    await once(node.stdout!, 'data')
    await until(() => marked(mark).some((line) => line.includes('sleep 600')), 'the command is there')
    await killNode(node)
    await isGone(mark)
  })

  test('a command that ignores SIGTERM and its daemon', async () => {
    const mark = newMark()
    const node = startScript(
      async ({ nskit, say, events }) => {
        const script = 'trap "" TERM HUP; (setsid sleep 600 &); echo ready; sleep 600'
        const child = nskit.spawn('/bin/sh', ['-c', script], { unshare: ['user', 'pid'] })
        await events.once(child.stdout!, 'data')
        say('runs')
      },
      undefined,
      { env: mark.env },
    )
    await once(node.stdout!, 'data')
    await killNode(node)
    await isGone(mark)
  })
})

describeWith('userns', 'SIGKILL to Node during the set-up leaves no process', () => {
  // From before the stage has started to after the command has: a start takes one or two milliseconds.
  const MOMENTS = Array.from({ length: 12 }, (_, i) => (i < 8 ? i * 0.25 : (i - 7) * 2))
  test.each(WAYS.slice(1))('%s, at many moments', async (_, options) => {
    const mark = newMark()
    for (const delay of MOMENTS) {
      const node = startScript(
        ({ nskit }, { options, delay }) => {
          for (let i = 0; i < 3; i++) nskit.spawn('sleep', ['600'], { ...options, stdio: 'ignore' })
          const start = performance.now()
          while (performance.now() - start < delay);
          process.kill(process.pid, 'SIGKILL')
        },
        { options, delay },
        { env: mark.env },
      )
      expect(await once(node, 'close')).toEqual([null, 'SIGKILL'])
      await isGone(mark)
    }
  })

  test('while newuidmap hangs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nskit-hanging-'))
    try {
      chmodSync(folder, 0o755)
      writeFileSync(join(folder, 'newuidmap'), '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 })
      const mark = newMark()
      const node = startScript(
        ({ nskit }) => {
          // As an ordinary user, who needs newuidmap for several ranges.
          if (process.getuid?.() === 0) process.setuid?.(4242)
          const uidMap = [
            { containerID: 0, hostID: process.getuid?.() ?? 0, size: 1 },
            { containerID: 1, hostID: 7, size: 3 },
          ]
          nskit.spawn('true', { unshare: ['user', 'pid'], uidMap, stdio: 'ignore' })
        },
        undefined,
        { env: { ...mark.env, PATH: `${folder}:${process.env.PATH}` } },
      )
      await until(() => marked(mark).some((line) => line.includes('sleep 600')), 'newuidmap runs')
      // Node, the stage, its helper and the mapper.
      expect(marked(mark)).toHaveLength(4)
      await killNode(node)
      await isGone(mark)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describeWith('userns', 'a detached command', () => {
  test.each(WAYS)('lives on: %s', async (_, options) => {
    const mark = newMark()
    const node = startScript(
      async ({ nskit, say }, { options }) => {
        const child = nskit.spawn('sleep', ['600'], { ...options, detached: true, stdio: 'ignore' })
        await child.spawned
        say(child.pid)
        process.kill(process.pid, 'SIGKILL')
      },
      { options },
      { env: mark.env },
    )
    const [line] = await once(node.stdout!, 'data')
    const pid = Number(line)
    await once(node, 'close')
    await until(() => marked(mark).some((each) => each.startsWith(`${pid} sleep 600`)), 'the command lives')
    process.kill(pid, 'SIGKILL')
    await isGone(mark)
  })

  test('ends with Node where dieWithParent asks for it', async () => {
    const mark = newMark()
    const node = startScript(
      async ({ nskit }) => {
        const child = nskit.spawn('sleep', ['600'], { detached: true, dieWithParent: true, stdio: 'ignore' })
        await child.spawned
        process.kill(process.pid, 'SIGKILL')
      },
      undefined,
      { env: mark.env },
    )
    await once(node, 'close')
    await isGone(mark)
  })

  test('does not keep Node once it is unreferenced', async () => {
    const mark = newMark()
    const node = startScript(
      async ({ nskit, say }) => {
        const child = nskit.spawn('sleep', ['600'], { detached: true, stdio: 'ignore' })
        await child.spawned
        say(child.pid)
        child.unref()
      },
      undefined,
      { env: mark.env },
    )
    const [line] = await once(node.stdout!, 'data')
    expect(await once(node, 'close')).toEqual([0, null])
    process.kill(Number(line), 'SIGKILL')
    await isGone(mark)
  })
})
