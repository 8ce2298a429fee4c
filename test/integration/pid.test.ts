import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { type NamespacedProcess, type SpawnOptions, spawn } from '../../lib/index'
import { shell } from '../support/inside'
import { expectNothingLeft } from '../support/leftovers'
import { marked, newMark } from '../support/marked'
import { describeWith, itWith } from '../support/needs'
import { outcome } from '../support/outcome'
import { until } from '../support/wait'

const PID = ['user', 'pid', 'mnt'] as const

/** The first line of its output. */
async function says(child: NamespacedProcess): Promise<string> {
  const [line] = await once(child.stdout!, 'data')
  return String(line).trim()
}

/** The pid, out here, of PID 1 of the child's pid namespace. */
function initOf(child: NamespacedProcess): number {
  return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'latin1'))?.[1])
}

describeWith('userns', 'the numbers inside', () => {
  test('the command is PID 1 without init', async () => {
    expect(await shell('echo $$ $PPID', { unshare: PID, init: false })).toBe('1 0')
  })

  test('and PID 2 below it', async () => {
    expect(await shell('echo $$ $PPID', { unshare: PID })).toBe('2 1')
  })

  test('a fresh /proc shows the processes of the namespace alone', async () => {
    expect(await shell('cd /proc; echo [0-9]*', { unshare: PID })).toBe('1 2')
    expect(await shell('cd /proc; echo [0-9]*', { unshare: PID, init: false })).toBe('1')
  })

  test('proc: false leaves the old one', async () => {
    const options = { unshare: PID, proc: false }
    expect(await shell('stat -c %d /proc', options)).toBe(await shell('stat -c %d /proc'))
  })

  test('pid is the number out here', async () => {
    await using child = spawn('cat', { unshare: PID })
    await child.spawned
    const numbers = /^NSpid:(.*)/m
      .exec(readFileSync(`/proc/${child.pid}/status`, 'latin1'))?.[1]
      ?.trim()
      .split(/\s+/)
    expect(numbers?.slice(-2)).toEqual([String(child.pid), '2'])
    child.stdin?.end()
    await child.exited
  })
})

describeWith('userns', 'the init', () => {
  test('reaps orphans', async () => {
    await using child = spawn(
      '/bin/sh',
      ['-c', '(sleep 0 & sleep 0 & sleep 0 &); echo started; read x; exit 0'],
      { unshare: PID },
    )
    await says(child)
    const tasks = `/proc/${initOf(child)}/task/${initOf(child)}/children`
    await until(
      () => readFileSync(tasks, 'latin1').trim() === String(child.pid),
      'the command is the only child of init',
    )
    child.stdin?.end()
    expect(await child.exited).toEqual({ exitCode: 0, signalCode: null })
  })

  itWith('ordinary', 'may not be looked into: it has no filter and no limits to lend', async () => {
    await using child = spawn('cat', { unshare: PID })
    await child.spawned
    for (const name of ['cwd', 'root', 'exe']) {
      expect(() => readlinkSync(`/proc/${initOf(child)}/${name}`)).toThrow(/EACCES/)
    }
    child.stdin?.end()
    await child.exited
  })

  itWith('admin', 'has nothing open but its own, and holds no directory in use', async () => {
    await using child = spawn('cat', { unshare: PID, cwd: '/usr' })
    await child.spawned
    const init = initOf(child)
    expect(readlinkSync(`/proc/${init}/cwd`)).toBe('/')
    expect(readFileSync(`/proc/${init}/comm`, 'latin1')).toBe('nskit-init\n')
    const open = () => {
      const links = readdirSync(`/proc/${init}/fd`).map((fd) => readlinkSync(`/proc/${init}/fd/${fd}`))
      return links.map((link) => link.replace(/\d+/, 'N')).sort()
    }
    // It listens for signals a moment after it has told that the command runs.
    await until(() => open().length === 2, 'the init has opened what it needs')
    expect(open()).toEqual(['anon_inode:[signalfd]', 'socket:[N]'])
    child.stdin?.end()
    await child.exited
  })

  test.each(['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGWINCH'] as const)(
    'passes %s on that somebody sends it',
    async (signal) => {
      const script = `trap 'echo got it; exit 5' ${signal.slice(3)}; echo ready; while :; do sleep 0.02; done`
      await using child = spawn('/bin/sh', ['-c', script], { unshare: PID })
      await says(child)
      process.kill(initOf(child), signal)
      expect(await outcome(child)).toMatchObject({ code: 5, stdout: expect.stringContaining('got it') })
    },
  )

  test('when it is killed everything is gone, and the exit says SIGKILL', async () => {
    const mark = newMark()
    await expectNothingLeft(async () => {
      await using child = spawn('/bin/sh', ['-c', 'sleep 600 & echo ready; wait'], {
        unshare: PID,
        env: mark.env,
      })
      await says(child)
      process.kill(initOf(child), 'SIGKILL')
      expect(await outcome(child)).toMatchObject({ code: null, signal: 'SIGKILL', events: ['exit', 'close'] })
      expect(marked(mark)).toEqual([])
    })
  })
})

describeWith('userns', "the event 'spawn'", () => {
  test.each([true, false])('comes before any output (init: %p)', async (init) => {
    // Under init the command may write before its init can tell that it runs.
    for (let i = 0; i < 20; i++) {
      const seen: string[] = []
      const child = spawn('echo', ['x'], { unshare: PID, init })
      child.once('spawn', () => seen.push('spawn'))
      child.stdout?.on('data', (data) => seen.push(String(data)))
      await once(child, 'close')
      expect(seen).toEqual(['spawn', 'x\n'])
    }
  })
})

describeWith('userns', 'an end comes through exactly', () => {
  const ENDS: Array<[how: string, script: string, code: number | null, signal: string | null]> = [
    ['42', 'exit 42', 42, null],
    ['255', 'exit 255', 255, null],
    ['SIGUSR1', 'sh -c "kill -USR1 \\$PPID"; sleep 600', null, 'SIGUSR1'],
    ['SIGSEGV', 'sh -c "kill -SEGV \\$PPID"; sleep 600', null, 'SIGSEGV'],
  ]
  test.each(ENDS)('%s, under init', async (_, script, exitCode, signalCode) => {
    await using child = spawn('/bin/sh', ['-c', script], { unshare: PID })
    expect(await child.exited).toEqual({ exitCode, signalCode })
  })

  test('42, as PID 1', async () => {
    await using child = spawn('/bin/sh', ['-c', 'exit 42'], { unshare: PID, init: false })
    expect(await child.exited).toEqual({ exitCode: 42, signalCode: null })
  })

  test('SIGKILL to PID 1; the kernel ignores what it does not handle', async () => {
    await using child = spawn('sleep', ['600'], { unshare: PID, init: false })
    await child.spawned
    expect(child.kill('SIGTERM')).toBe(true)
    expect(child.kill('SIGKILL')).toBe(true)
    expect(await child.exited).toEqual({ exitCode: null, signalCode: 'SIGKILL' })
  })
})

describeWith('userns', 'with the command ends the whole tree', () => {
  const TREES: Array<[string, SpawnOptions]> = [
    ['under init', { unshare: PID }],
    ['as PID 1', { unshare: PID, init: false }],
    ['without a /proc of its own', { unshare: ['user', 'pid'] }],
  ]
  test.each(TREES)('%s: a daemon in a session of its own too', async (_, options) => {
    const mark = newMark()
    const daemon = '(setsid sh -c "trap : TERM HUP; sleep 600" &) ; echo ready; read x; exit 3'
    await using child = spawn('/bin/sh', ['-c', daemon], { ...options, env: mark.env })
    await says(child)
    await until(() => marked(mark).some((line) => line.includes('sleep 600')), 'the daemon runs')
    child.stdin?.end()
    expect(await child.exited).toEqual({ exitCode: 3, signalCode: null })
    expect(marked(mark)).toEqual([])
  })
})
