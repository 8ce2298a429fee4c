import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../lib/native/root'
import { standstill } from '../logs/standstill'
import { marked, newMark } from '../support/marked'
import { describeWith } from '../support/needs'
import { outcome } from '../support/outcome'
import { until } from '../support/wait'
import { nskit } from './io'
import { manifest } from './manifest'

const NSKIT = join(packageRoot, manifest.bin.nskit)
const LOGS = [NSKIT, 'logs', '--namespace', 'box']

/** Runs it to its end; what it wrote, line by line. */
function logs(...args: string[]) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [...LOGS, ...args], {
    encoding: 'utf8',
    input: 'from stdin\n',
    maxBuffer: 1 << 26,
  })
  return { status, signal, stderr, entries: entriesOf(stdout) }
}

function entriesOf(text: string): Array<Record<string, unknown>> {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

describe('nskit logs', () => {
  test('writes both streams to standard output, and exits as the command does', () => {
    const { entries, ...end } = logs('--', 'sh', '-c', 'echo out; echo err >&2; exit 7')
    expect(end).toEqual({ status: 7, signal: null, stderr: '' })
    expect(entries).toHaveLength(2)
    const tags = { namespace: 'box', pid: expect.any(Number), time: expect.stringMatching(/^\d{4}-.*Z$/) }
    expect(entries).toContainEqual({ ...tags, stream: 'stdout', message: 'out' })
    expect(entries).toContainEqual({ ...tags, stream: 'stderr', message: 'err' })
  })

  test('with labels; one may hold an equals sign, or nothing', () => {
    const { entries } = logs(
      '-l',
      'region=eu',
      '--label',
      'query=a=b',
      '-l',
      'none=',
      'echo',
      '{"region":"us"}',
    )
    expect(entries).toMatchObject([{ region: 'eu', query: 'a=b', none: '', line_region: 'us' }])
  })

  test('a label is text, whatever it is called', () => {
    const { entries } = logs('-l', '__proto__=5', '-l', 'message=6', 'echo', 'x')
    expect(entries).toHaveLength(1)
    expect(Object.entries(entries[0]!)).toEqual(
      expect.arrayContaining([
        ['__proto__', '5'],
        ['message', '6'],
        ['line_message', 'x'],
      ]),
    )
  })

  test('the command has standard input', () => {
    expect(logs('cat').entries).toMatchObject([{ message: 'from stdin' }])
  })

  test('ended by a signal: 128 and its number; no such command: 127', () => {
    expect(logs('sh', '-c', 'kill -KILL $$').status).toBe(137)
    expect(logs('/no/such/command')).toEqual({
      status: 127,
      signal: null,
      stderr: 'nskit: /no/such/command: no such file or directory\n',
      entries: [],
    })
  })

  test('a large output comes whole and in order', () => {
    const { status, entries } = logs('seq', '200000')
    expect(status).toBe(0)
    expect(entries.map(({ message }) => message)).toEqual(
      Array.from({ length: 200_000 }, (_, index) => String(index + 1)),
    )
  })

  test.each<[args: string[], message: string]>([
    [['logs', 'true'], '--namespace is missing'],
    [['logs', '-n', 'x'], 'a command is missing'],
    [['logs', '-n', 'x', '-l', 'a', 'true'], "--label: 'a' is not KEY=VALUE"],
    [['logs', '-n', 'x', '-l', '=a', 'true'], "--label: '=a' is not KEY=VALUE"],
    [['logs', '-n', 'x', '-l', 'time=a', 'true'], "--label: 'time' is set by nskit"],
    [['logs', '-n', 'x', '--hostname', 'a', 'true'], '--hostname requires --unshare uts'],
  ])('%j is a wrong command line', async (args, message) => {
    const { code, stderr } = await nskit(...args)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })
})

describeWith('userns', 'nskit logs in namespaces', () => {
  test('takes the options of nskit run', () => {
    const { status, entries } = logs('-u', 'user,uts', '--hostname', 'cell', 'sh', '-c', 'id -u; uname -n')
    expect(status).toBe(0)
    expect(entries.map(({ message }) => message)).toEqual(['0', 'cell'])
  })
})

function start(script: string): { child: ChildProcess; mark: ReturnType<typeof newMark> } {
  const mark = newMark()
  const child = spawn(process.execPath, [...LOGS, 'sh', '-c', script], { env: mark.env })
  return { child, mark }
}

describe('nskit logs, in the middle of it,', () => {
  test('passes a signal on to the command', async () => {
    const { child } = start('trap "echo bye; exit 9" TERM; echo ready; while :; do sleep 0.05; done')
    child.stdout!.once('data', () => child.kill('SIGTERM'))
    const { code, signal } = await outcome(child as never)
    expect({ code, signal }).toEqual({ code: 9, signal: null })
  })

  test('passes one on also while its reader stalls, and loses nothing', async () => {
    const { child, mark } = start('i=0; while :; do i=$((i+1)); echo "$i"; done')
    const shell = () => marked(mark).find((each) => /^\d+ sh -c /.test(each))
    // Nobody reads until the command has ended.
    await standstill(Number.parseInt(await until(shell, 'the command'), 10))
    child.kill('SIGTERM')
    await until(() => shell() === undefined, 'the end of the command')
    let text = ''
    child.stdout!.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
    expect(await once(child, 'close')).toEqual([143, null])
    const numbers = entriesOf(text).map(({ message }) => Number(message))
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  })

  test('is left by its reader: the command gets SIGPIPE, which is no fault of nskit', async () => {
    const { child, mark } = start('while :; do echo x; done')
    child.stdout!.once('data', () => child.stdout!.destroy())
    let stderr = ''
    child.stderr!.setEncoding('utf8').on('data', (part: string) => {
      stderr += part
    })
    const [code] = await once(child, 'exit')
    expect({ code, stderr }).toEqual({ code: 141, stderr: '' })
    await until(() => marked(mark).length === 0, 'nothing left running')
  })

  test('cannot write: a failure of nskit', () => {
    const full = openSync('/dev/full', 'w')
    const { status, stderr } = spawnSync(process.execPath, [...LOGS, 'echo', 'x'], {
      encoding: 'utf8',
      stdio: ['ignore', full, 'pipe'],
    })
    closeSync(full)
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'nskit: standard output: ENOSPC: no space left on device, write\n',
    })
  })
})
