import * as childProcess from 'node:child_process'
import { once } from 'node:events'
import { spawn } from '../../lib/index'
import { describeWith } from '../support/needs'
import { runScript } from '../support/node-script'
import { outcome } from '../support/outcome'

const SIX = ['user', 'pid', 'mnt', 'ipc', 'uts', 'cgroup'] as const

/** Every scenario is run by child_process and by us, without and with namespaces: nobody should see a difference. */
const SCENARIOS: Array<[name: string, command: string, args: string[], options?: object]> = [
  ['exit code 0', 'true', []],
  ['exit code 42', '/bin/sh', ['-c', 'exit 42']],
  ['exit code 255', '/bin/sh', ['-c', 'exit 255']],
  ['ended by SIGUSR1', '/bin/sh', ['-c', 'kill -USR1 $$; sleep 20']],
  ['ended by SIGKILL', '/bin/sh', ['-c', 'kill -KILL $$; sleep 20']],
  ['ended by SIGABRT', '/bin/sh', ['-c', 'kill -ABRT $$; sleep 20']],
  ['output on both', '/bin/sh', ['-c', 'echo out; echo err >&2']],
  ['no stdio', '/bin/sh', ['-c', 'echo gone; exit 3'], { stdio: 'ignore' }],
  ['a missing program', '/no/such/program', ['a', 'b']],
  ['a missing program in PATH', 'no-such-program', []],
  ['a directory', '/', []],
  ['a file without x', '/etc/passwd', []],
  ['argv0', '/bin/sh', ['-c', 'tr "\\0" "|" < /proc/$$/cmdline'], { argv0: 'renamed' }],
  ['cwd', '/bin/pwd', [], { cwd: '/usr' }],
  ['env', '/usr/bin/env', [], { env: { A: '1', B: 'two words', EMPTY: '' } }],
]

async function both(command: string, args: string[], options: object, namespaces: object) {
  const theirs = childProcess.spawn(command, args, options)
  const [expected, expectedChild] = [await outcome(theirs), theirs]
  const ours = spawn(command, args, { ...options, ...namespaces })
  return { expected, expectedChild, actual: await outcome(ours), actualChild: ours }
}

function comparable({ error, ...rest }: Awaited<ReturnType<typeof outcome>>) {
  if (error === undefined) return rest
  const { message, code, errno, syscall, path, spawnargs, name } = error as Error & Record<string, unknown>
  return { ...rest, error: { message, code, errno, syscall, path, spawnargs, name } }
}

describe.each([
  ['without namespaces', {}, []] as const,
  ['in six namespaces', { unshare: SIX }, ['userns'] as const] as const,
])('as child_process, %s', (_, namespaces, needs) => {
  describeWith(needs, 'the same events, codes and output', () => {
    test.each(SCENARIOS)('%s', async (_name, command, args, options = {}) => {
      // pid 1 cannot kill itself by a signal it does not handle: with a pid namespace it is init's child.
      const { expected, actual, expectedChild, actualChild } = await both(command, args, options, namespaces)
      expect(comparable(actual)).toEqual(comparable(expected))
      expect(actualChild.exitCode).toBe(expectedChild.exitCode)
      expect(actualChild.signalCode).toBe(expectedChild.signalCode)
      expect(actualChild.spawnfile).toBe(expectedChild.spawnfile)
      expect(actualChild.spawnargs).toEqual(expectedChild.spawnargs)
      if (actual.error !== undefined) expect(actual.error).toMatchObject({ step: 'exec' })
    })
  })
})

describe('what comes on top', () => {
  test('spawned and exited settle, as often as asked, and the pid is there in between', async () => {
    const child = spawn('/bin/sh', ['-c', 'read x; exit 7'])
    expect(child.pid).toBeUndefined()
    await child.spawned
    expect(child.pid).toBeGreaterThan(1)
    expect(child.pidfd).toBeGreaterThan(2)
    child.stdin?.end('x\n')
    await expect(child.exited).resolves.toEqual({ exitCode: 7, signalCode: null })
    await expect(child.exited).resolves.toEqual({ exitCode: 7, signalCode: null })
    expect(child.pidfd).toBeUndefined()
  })

  test('of a command that never ran both reject with what the event carries', async () => {
    const child = spawn('/no/such/program')
    const [error] = await once(child, 'error')
    await expect(child.spawned).rejects.toBe(error)
    await expect(child.exited).rejects.toBe(error)
    expect(child.pid).toBeUndefined()
  })

  test('the name is kept for those who log', () => {
    const child = spawn('true', { name: 'tools' })
    expect(child.name).toBe('tools')
    return outcome(child)
  })

  test('a script without #! runs through the shell, as execvp has it', async () => {
    const { mkdtempSync, writeFileSync, rmSync } = await import('node:fs')
    const folder = mkdtempSync(`${(await import('node:os')).tmpdir()}/nskit-script-`)
    try {
      writeFileSync(`${folder}/script`, 'echo "ran with $1"; exit 5\n', { mode: 0o755 })
      const { stdout, code } = await outcome(spawn(`${folder}/script`, ['x y']))
      expect([stdout, code]).toEqual(['ran with x y\n', 5])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

test('a wrong environment throws, as any wrong option does', () => {
  expect(() => spawn('true', { env: { A: 'x\0y' } })).toThrow(TypeError)
  expect(() => spawn('true', { env: { 'A\0': 'x' } })).toThrow(TypeError)
})

describe('a failed set-up that is awaited', () => {
  const MISSING = '/nonexistent/command'

  it.each(['exited', 'spawned'] as const)(
    'await %s catches it, and nothing is thrown besides',
    async (name) => {
      const [said] = await runScript(
        async ({ nskit, say, timers }, { name, file }) => {
          const uncaught: string[] = []
          process.on('uncaughtException', (error) => uncaught.push(String(error)))
          process.on('unhandledRejection', (error) => uncaught.push(String(error)))
          let caught: unknown
          try {
            await nskit.spawn(file, [], { stdio: 'ignore' })[name]
          } catch (error) {
            caught = (error as NodeJS.ErrnoException).code
          }
          await timers.setTimeout(50)
          say({ caught, uncaught })
        },
        { name, file: MISSING },
      )
      expect(said).toEqual({ caught: 'ENOENT', uncaught: [] })
    },
  )

  it('asked for and dropped, it is an unhandled rejection; both, with one awaited, none', async () => {
    const [said] = await runScript(async ({ nskit, say, timers }, file) => {
      const uncaught: string[] = []
      process.on('uncaughtException', () => uncaught.push('exception'))
      process.on('unhandledRejection', () => uncaught.push('rejection'))
      void nskit.spawn(file, [], { stdio: 'ignore' }).exited
      const both = nskit.spawn(file, [], { stdio: 'ignore' })
      void both.exited
      await both.spawned.catch(() => {})
      const heard = nskit.spawn(file, [], { stdio: 'ignore' })
      heard.on('error', () => {})
      void heard.exited
      nskit.spawn(file, [], { stdio: 'ignore' })
      await timers.setTimeout(100)
      say(uncaught.sort())
    }, MISSING)
    expect(said).toEqual(['exception', 'rejection'])
  })
})
