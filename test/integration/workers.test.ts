import { existsSync } from 'node:fs'
import { describeWith } from '../support/needs'
import { runScript } from '../support/script'
import { until } from '../support/wait'

/** Runs `body` in a Worker of a script; `main` is the rest of the script, with the Worker as `worker`. */
function withWorker(body: string, main: string): Promise<Awaited<ReturnType<typeof runScript>>> {
  const worker = `const { spawn, execFile, spawnSync } = require('nskit'); const { parentPort } = require('node:worker_threads'); ${body}`
  return runScript(`
    const { readFileSync, readdirSync } = require('node:fs')
    const { once } = require('node:events')
    const { Worker } = require('node:worker_threads')
    const childProcess = require('node:child_process')
    const nskit = require('nskit')
    const worker = new Worker(${JSON.stringify(worker)}, { eval: true })
    const children = () => readdirSync('/proc/self/task').flatMap((id) => readFileSync('/proc/self/task/' + id + '/children', 'utf8').split(' ').filter(Boolean))
    const until = async (condition) => { for (let i = 0; i < 2000 && !condition(); i++) await new Promise((done) => setTimeout(done, 10)); if (!condition()) throw new Error('it did not come to that: ' + condition) }
    const alive = (pid) => { try { process.kill(pid, 0); return true } catch { return false } }
    ;(async () => { ${main} })().catch((error) => { console.error(error); process.exitCode = 1 })
  `)
}

describe.each([
  ['without namespaces', '{}'] as const,
  ['in namespaces', "{ unshare: ['user', 'pid'] }"] as const,
])('in Workers, %s', (_, options) => {
  describeWith('userns', 'children', () => {
    test('run and end as in the main thread', async () => {
      const body = `Promise.all(Array.from({ length: 20 }, (_, i) => execFile('/bin/sh', ['-c', 'echo ' + i], ${options}))).then((all) => parentPort.postMessage(all.map(({ stdout }) => stdout.trim()).join()))`
      const { stdout, stderr } = await withWorker(
        body,
        "const [text] = await once(worker, 'message'); console.log(text)",
      )
      expect([stderr, stdout]).toEqual(['', `${Array.from({ length: 20 }, (_, i) => i).join()}\n`])
    })

    test('several threads at once, beside child_process, and no exit is lost', async () => {
      const work = `Promise.all(Array.from({ length: 25 }, (_, i) => new Promise((done) => spawn('/bin/sh', ['-c', 'exit ' + i], { ...${options}, stdio: 'ignore' }).on('exit', done)))).then((codes) => parentPort.postMessage(codes.join()))`
      const main = `
        const second = new Worker(${JSON.stringify(`const { spawn } = require('nskit'); const { parentPort } = require('node:worker_threads'); ${work}`)}, { eval: true })
        const exits = (start) => Promise.all(Array.from({ length: 25 }, (_, i) => new Promise((done) => start('/bin/sh', ['-c', 'exit ' + i], { stdio: 'ignore' }).on('exit', done)))).then((codes) => codes.join())
        const all = await Promise.all([once(worker, 'message').then(String), once(second, 'message').then(String), exits(childProcess.spawn), exits(nskit.spawn)])
        await until(() => children().length === 0)
        console.log(JSON.stringify([...new Set(all)]))`
      const { stdout, stderr } = await withWorker(work, main)
      expect(stderr).toBe('')
      expect(JSON.parse(stdout)).toEqual([Array.from({ length: 25 }, (_, i) => i).join()])
    })

    test('outlive the Worker, and leave no zombie when they end', async () => {
      const body = `const child = spawn('sleep', ['600'], ${options}); child.on('spawn', () => parentPort.postMessage(child.pid))`
      const main = `
        const [pid] = await once(worker, 'message')
        await worker.terminate()
        const survived = alive(pid)
        process.kill(pid, 'SIGKILL')
        await until(() => !alive(pid) && children().length === 0)
        console.log(survived)`
      const { stdout, stderr } = await withWorker(body, main)
      expect([stderr, stdout]).toEqual(['', 'true\n'])
    })

    test('that are unref-ed let the Worker end', async () => {
      const body = `const child = spawn('sleep', ['600'], { ...${options}, stdio: 'ignore' }); child.on('spawn', () => { parentPort.postMessage(child.pid); child.unref() })`
      const main = `
        const [[pid]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')])
        console.log(alive(pid))
        process.kill(pid, 'SIGKILL')
        await until(() => !alive(pid))`
      const { stdout, stderr } = await withWorker(body, main)
      expect([stderr, stdout]).toEqual(['', 'true\n'])
    })

    test('die with the process, when it ends while they run', async () => {
      const body = `const child = spawn('sleep', ['600'], { ...${options}, stdio: 'ignore' }); child.on('spawn', () => parentPort.postMessage(child.pid))`
      const { stdout, stderr, code } = await withWorker(
        body,
        "const [pid] = await once(worker, 'message'); console.log(pid); process.exit(3)",
      )
      expect([stderr, code]).toEqual(['', 3])
      const pid = Number(stdout)
      expect(pid).toBeGreaterThan(1)
      await until(() => !existsSync(`/proc/${pid}`), 'the child is gone')
    })

    test('spawnSync works there too', async () => {
      const body = `parentPort.postMessage(String(spawnSync('/bin/sh', ['-c', 'cat; exit 3'], { ...${options}, input: 'in' }).stdout))`
      const { stdout, stderr } = await withWorker(
        body,
        "const [text] = await once(worker, 'message'); console.log(text)",
      )
      expect([stderr, stdout]).toEqual(['', 'in\n'])
    })
  })
})
