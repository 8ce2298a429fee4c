import { once } from 'node:events'
import { spawn } from '../../lib/index'
import { describeWith } from '../support/needs'
import { outcome } from '../support/outcome'

const PID = ['user', 'pid'] as const

describe.each([['without namespaces', {}] as const, ['under init', { unshare: PID }] as const])(
  'kill, %s',
  (_, options) => {
    describeWith('userns', 'as ChildProcess', () => {
      test('SIGTERM ends a sleep', async () => {
        const child = spawn('sleep', ['600'], options)
        await child.spawned
        expect(child.kill()).toBe(true)
        expect(child.killed).toBe(true)
        expect(await child.exited).toEqual({ exitCode: null, signalCode: 'SIGTERM' })
        expect(child.kill()).toBe(false)
      })

      test('before the spawn it is kept, and sent then', async () => {
        const child = spawn('sleep', ['600'], options)
        expect(child.kill('SIGUSR2')).toBe(true)
        const { signal, events } = await outcome(child)
        expect(signal).toBe('SIGUSR2')
        expect(events).toEqual(['spawn', 'exit', 'close'])
      })

      test('a command that is killed in the same turn does nothing at all', async () => {
        const child = spawn('/bin/sh', ['-c', 'sleep 0.2; echo it ran >&2'], options)
        child.kill('SIGKILL')
        // The loop does not turn while the command would run.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
        const { signal, stderr, events } = await outcome(child)
        expect([signal, stderr]).toEqual(['SIGKILL', ''])
        expect(events).toEqual(['spawn', 'exit', 'close'])
      })

      test('one that runs already, unheard of yet, gets the signal itself', async () => {
        const child = spawn(
          '/bin/sh',
          ['-c', 'trap "exit 7" TERM; echo ready; while :; do sleep 0.02; done'],
          options,
        )
        const closed = outcome(child)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
        child.kill('SIGTERM')
        expect(await closed).toMatchObject({ code: 7, events: ['spawn', 'exit', 'close'] })
      })

      test('a signal that ends nothing is sent at the spawn', async () => {
        const child = spawn('cat', [], options)
        expect(child.kill('SIGCONT')).toBe(true)
        await child.spawned
        child.stdin?.end()
        expect(await child.exited).toEqual({ exitCode: 0, signalCode: null })
      })

      test('signal 0 asks', async () => {
        const child = spawn('cat', [], options)
        await child.spawned
        expect(child.kill(0)).toBe(true)
        child.stdin?.end()
        await child.exited
        expect(child.kill(0)).toBe(false)
      })

      test('a handler in the command gets the signal', async () => {
        const child = spawn(
          '/bin/sh',
          ['-c', 'trap "echo got it; exit 9" HUP; echo ready; while :; do sleep 0.05; done'],
          options,
        )
        child.stdout?.once('data', () => child.kill('SIGHUP'))
        const { code } = await outcome(child)
        expect(code).toBe(9)
      })

      test('an unknown signal throws', async () => {
        const child = spawn('cat', [], options)
        expect(() => child.kill('SIGNOPE' as NodeJS.Signals)).toThrow(
          expect.objectContaining({ code: 'ERR_UNKNOWN_SIGNAL' }),
        )
        child.stdin?.end()
        await outcome(child)
      })

      test('a timeout kills with killSignal', async () => {
        const { signal } = await outcome(
          spawn('sleep', ['600'], { ...options, timeout: 50, killSignal: 'SIGINT' }),
        )
        expect(signal).toBe('SIGINT')
      })

      test('an AbortSignal kills, and the error says so', async () => {
        const controller = new AbortController()
        const child = spawn('sleep', ['600'], { ...options, signal: controller.signal })
        const closed = outcome(child)
        await child.spawned
        controller.abort(new Error('enough'))
        const { error, signal } = await closed
        expect(error).toMatchObject({
          name: 'AbortError',
          code: 'ABORT_ERR',
          cause: expect.objectContaining({ message: 'enough' }),
        })
        expect(signal).toBe('SIGTERM')
      })

      test('a signal that is aborted already', async () => {
        const { error, signal } = await outcome(
          spawn('sleep', ['600'], { ...options, signal: AbortSignal.abort() }),
        )
        expect(error?.name).toBe('AbortError')
        expect(signal).toBe('SIGTERM')
      })

      test('asyncDispose kills and waits, at any time, also twice', async () => {
        const child = spawn('sleep', ['600'], options)
        await child[Symbol.asyncDispose]()
        await child[Symbol.asyncDispose]()
        const running = spawn('sleep', ['600'], options)
        await running.spawned
        await running[Symbol.asyncDispose]()
        expect(running.signalCode).toBe('SIGKILL')
        const failed = spawn('/no/such/program', options)
        failed.on('error', () => {})
        await expect(failed.spawned).rejects.toThrow('ENOENT')
        await failed[Symbol.asyncDispose]()
        expect(failed.exitCode).toBeLessThan(0)
      })
    })
  },
)

test('disposing of a child before it runs is not an unheard error', async () => {
  const child = spawn('sleep', ['600'])
  const error = once(child, 'close')
  await child[Symbol.asyncDispose]()
  await error
})
