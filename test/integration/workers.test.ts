import { once } from 'node:events'
import { marked, newMark } from '../support/marked'
import { describeWith } from '../support/needs'
import { runScript, startScript } from '../support/node-script'
import { until } from '../support/wait'

const OPTIONS = [
  ['without namespaces', {}],
  ['in namespaces', { unshare: ['user', 'pid', 'mnt'] }],
  ['as PID 1', { unshare: ['user', 'pid'], init: false }],
] as const

describe.each(OPTIONS)('in Workers, %s', (_, options) => {
  describeWith('userns', 'as in the main thread', () => {
    test('several at once and child_process beside them: every end is heard, in its own thread', async () => {
      const said = await runScript(
        async (
          { workers, childProcess, nskit, packagePath, say, ending, inventory, settled, warmUp },
          { options },
        ) => {
          const code = `
            const { workerData, parentPort } = require('node:worker_threads')
            const { spawn } = require(workerData.packagePath)
            const one = (i) => new Promise((resolve, reject) => {
              const child = spawn('/bin/sh', ['-c', 'echo out; exit ' + i], workerData.options)
              let text = ''
              child.stdout.on('data', (part) => { text += part })
              child.on('error', reject).on('close', (code) => resolve(text + code))
            })
            Promise.all(Array.from({ length: 10 }, (_, i) => one(i))).then((ends) => parentPort.postMessage(ends))
          `
          await warmUp()
          await ending(new workers.Worker('', { eval: true }))
          const before = inventory()
          const hears = Array.from({ length: 4 }, async () => {
            const worker = new workers.Worker(code, { eval: true, workerData: { packagePath, options } })
            let ends: string[] = []
            worker.on('message', (message) => {
              ends = message
            })
            const code0 = await ending(worker)
            return code0 === 0 && ends.every((end, i) => end === `out\n${i}`) && ends.length === 10
          })
          const beside = Array.from({ length: 10 }, (_, i) =>
            ending(childProcess.spawn('/bin/sh', ['-c', `exit ${i}`])),
          )
          const ours = Array.from({ length: 10 }, (_, i) =>
            ending(nskit.spawn('/bin/sh', ['-c', `exit ${i}`], options)),
          )
          say(await Promise.all(hears))
          say(await Promise.all(beside))
          say(await Promise.all(ours))
          // The guardian thread has a descriptor of its own, once for all.
          say(await settled({ ...before, descriptors: before.descriptors + 1 }))
        },
        { options },
      )
      const codes = Array.from({ length: 10 }, (_, i) => i)
      expect(said).toEqual([[true, true, true, true], codes, codes, true])
    })

    test('a Worker that ends or is terminated does not kill the command, which is reaped when it ends', async () => {
      const said = await runScript(
        async ({ workers, packagePath, fs, say, ending, inventory, timers }, { options }) => {
          const code = `
            const { workerData, parentPort } = require('node:worker_threads')
            const child = require(workerData.packagePath).spawn('sleep', ['600'], { ...workerData.options, stdio: 'ignore' })
            child.on('spawn', () => {
              parentPort.postMessage(child.pid)
              if (workerData.ends) child.unref()
            })
          `
          for (const ends of [true, false]) {
            const worker = new workers.Worker(code, {
              eval: true,
              workerData: { packagePath, options, ends },
            })
            // Both from the start: the last message and the end can come in one turn.
            const over = ending(worker)
            const pid = await new Promise<number>((resolve) => worker.once('message', resolve))
            if (!ends) worker.terminate()
            say(await over)
            // The signal of a parent's death would be on its way by now: it is sent at the thread's end.
            const state = () => /^State:\s+(\w)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
            say(state() === 'S' || state() === 'R' || state())
            process.kill(pid, 'SIGKILL')
            for (let i = 0; inventory().children > 0 && i < 2000; i++) await timers.setTimeout(10)
            say(inventory().children)
          }
        },
        { options },
      )
      expect(said).toEqual([0, true, 0, 1, true, 0])
    })

    test('a command of a Worker dies with the process, whose thread is gone already', async () => {
      const mark = newMark()
      const node = startScript(
        async ({ workers, packagePath, say, ending }, { options }) => {
          const code = `
            const { workerData } = require('node:worker_threads')
            const child = require(workerData.packagePath).spawn('sleep', ['600'], { ...workerData.options, stdio: 'ignore' })
            child.on('spawn', () => child.unref())
          `
          await ending(new workers.Worker(code, { eval: true, workerData: { packagePath, options } }))
          say('the Worker is gone')
          setInterval(() => {}, 1000)
        },
        { options },
        { env: mark.env },
      )
      await once(node.stdout!, 'data')
      await until(() => marked(mark).some((line) => line.includes('sleep 600')), 'the command is there')
      node.kill('SIGKILL')
      await until(() => marked(mark).length === 0, 'no process with the mark')
    })
  })
})

describeWith('userns', 'the end of the process', () => {
  test.each(OPTIONS)('process.exit with running commands, %s: they are gone', async (_, options) => {
    const mark = newMark()
    const node = startScript(
      async ({ nskit }, { options }) => {
        const children = Array.from({ length: 5 }, () =>
          nskit.spawn('sleep', ['600'], { ...options, stdio: 'ignore' }),
        )
        await Promise.all(children.map(({ spawned }) => spawned))
        // And one that is being set up.
        nskit.spawn('sleep', ['600'], { ...options, stdio: 'ignore' })
        process.exit(7)
      },
      { options },
      { env: mark.env },
    )
    expect(await once(node, 'close')).toEqual([7, null])
    await until(() => marked(mark).length === 0, 'no process with the mark')
  })

  test('process.exit in a Worker ends that Worker alone', async () => {
    const said = await runScript(async ({ workers, packagePath, nskit, say, ending }) => {
      const code = `
        const { workerData } = require('node:worker_threads')
        const child = require(workerData.packagePath).spawn('sleep', ['600'], { stdio: 'ignore' })
        child.on('spawn', () => process.exit(5))
      `
      say(await ending(new workers.Worker(code, { eval: true, workerData: { packagePath } })))
      say(await ending(nskit.spawn('/bin/sh', ['-c', 'exit 6'])))
    })
    expect(said).toEqual([5, 6])
  })

  test('a running command keeps Node, an unreferenced one does not', async () => {
    const said = await runScript(({ nskit, say }) => {
      nskit.spawn('sleep', ['600'], { stdio: 'ignore' }).on('spawn', function (this: { unref(): void }) {
        this.unref()
      })
      const kept = nskit.spawn('/bin/sh', ['-c', 'exit 3'], { stdio: 'ignore' })
      kept.on('exit', (code: number) => say(code))
    })
    expect(said).toEqual([3])
  })
})
