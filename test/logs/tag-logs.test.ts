import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import * as nskit from '../../lib/index.js'
import { type NamespacedProcess, type SpawnOptions, tagLogs } from '../../lib/index.js'
import { expectNothingLeft } from '../support/leftovers.js'
import { describeWith } from '../support/needs.js'
import { until } from '../support/wait.js'
import { standstill } from './standstill.js'

function shell(script: string, options: SpawnOptions = {}): NamespacedProcess {
  return nskit.spawn('/bin/sh', ['-c', script], { name: 'box', ...options })
}

/** Takes everything, and remembers it. */
function sink(): Writable & { entries: () => Array<Record<string, unknown>> } {
  const chunks: Buffer[] = []
  const writable = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  const entries = () =>
    Buffer.concat(chunks)
      .toString()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  return Object.assign(writable, { entries })
}

const LISTENED = ['error', 'close', 'drain', 'finish', 'unpipe', 'pipe']
const listeners = (destination: Writable) => LISTENED.map((event) => destination.listenerCount(event))

describe('tagLogs', () => {
  test('gives the lines of both streams, each in its order, with its name and pid', async () => {
    const child = shell('echo one; echo two; printf half; echo {\\"a\\":1} >&2; echo no >&2')
    const out = sink()
    await tagLogs(child, out, { region: 'eu' })
    const tags = { namespace: 'box', pid: child.pid, region: 'eu', time: expect.stringMatching(/Z$/) }
    const of = (stream: string) => out.entries().filter((entry) => entry.stream === stream)
    expect(of('stdout')).toEqual([
      { ...tags, stream: 'stdout', message: 'one' },
      { ...tags, stream: 'stdout', message: 'two' },
      { ...tags, stream: 'stdout', message: 'half', eol: '' },
    ])
    expect(of('stderr')).toEqual([
      { ...tags, stream: 'stderr', a: 1 },
      { ...tags, stream: 'stderr', message: 'no' },
    ])
    expect(out.entries()).toHaveLength(5)
    expect(await child.exited).toEqual({ exitCode: 0, signalCode: null })
  })

  test('does not end the destination, and leaves no listener on it', async () => {
    const out = sink()
    const before = listeners(out)
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        tagLogs(shell(`echo ${index}`), out, { namespace: `n${index}` }),
      ),
    )
    expect(out.writableEnded).toBe(false)
    expect(listeners(out)).toEqual(before)
    const names = out.entries().map(({ namespace, message }) => `${namespace} ${message}`)
    expect(names.sort()).toEqual(Array.from({ length: 20 }, (_, index) => `n${index} ${index}`).sort())
  })

  test('never has more listeners on the destination than one child brings', async () => {
    const out = sink()
    const warnings: Error[] = []
    const onWarning = (warning: Error) => warnings.push(warning)
    process.on('warning', onWarning)
    const all = Array.from({ length: 15 }, () => tagLogs(shell('echo x'), out))
    expect(Math.max(...listeners(out))).toBeLessThanOrEqual(2)
    await Promise.all(all)
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
  })

  test.each([
    ['stdout', ['ignore', 'pipe', 'ignore']],
    ['stderr', ['ignore', 'ignore', 'pipe']],
  ] as const)('tags %s alone where the other is no pipe', async (stream, stdio) => {
    const out = sink()
    await tagLogs(shell('echo out; echo err >&2', { stdio }), out)
    expect(out.entries()).toMatchObject([{ stream, message: stream.slice(3) }])
  })

  test('takes a ChildProcess of node:child_process', async () => {
    const { spawn } = require('node:child_process') as typeof import('node:child_process')
    const out = sink()
    const child = spawn('/bin/sh', ['-c', 'echo x'])
    await tagLogs(child, out, { namespace: 'other' })
    expect(out.entries()).toMatchObject([{ namespace: 'other', pid: child.pid, message: 'x' }])
  })

  test('a stream that was set to give strings is read as well', async () => {
    const child = shell('printf "h\\303\\251\\n"')
    child.stdout!.setEncoding('utf8')
    const out = sink()
    await tagLogs(child, out)
    expect(out.entries()).toMatchObject([{ message: 'hé' }])
  })

  test('a command that cannot be executed has no lines; its error is elsewhere', async () => {
    const child = nskit.spawn('/no/such/command', [], { name: 'box' })
    child.on('error', () => {})
    const out = sink()
    await tagLogs(child, out)
    expect(out.entries()).toEqual([])
    await expect(child.exited).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('resolves with what there was when the child is disposed of', async () => {
    const child = shell('echo one; printf half; exec sleep 1000')
    const out = sink()
    const done = tagLogs(child, out)
    await until(() => out.entries().length > 0, 'the first line')
    await child[Symbol.asyncDispose]()
    await done
    expect(out.entries()[0]).toMatchObject({ message: 'one' })
  })

  test('leaves nothing behind', async () => {
    await tagLogs(shell('echo x'), sink())
    await expectNothingLeft(() => tagLogs(shell('echo x'), sink()))
  })
})

describeWith('userns', 'tagLogs of a process in namespaces', () => {
  test('the pid is the one that the caller sees', async () => {
    const child = shell('echo $$', { unshare: ['user', 'pid', 'mnt'], init: false })
    const out = sink()
    await tagLogs(child, out)
    expect(out.entries()).toMatchObject([{ pid: child.pid, message: '1' }])
  })
})

describe('tagLogs rejects, before anything is read,', () => {
  test.each<[name: string, options: SpawnOptions, labels: Record<string, unknown>, message: RegExp]>([
    ['a child without pipes', { stdio: 'ignore' }, {}, /stdout or stderr/],
    ['a child without a name', { name: undefined }, {}, /labels\.namespace/],
    ['the label stream', {}, { stream: 'stdout' }, /labels\.stream/],
    ['the label pid', {}, { pid: 5 }, /labels\.pid/],
    ['the label time', {}, { time: 5 }, /labels\.time/],
    ['a label that JSON cannot say', {}, { big: 5n }, /labels\.big/],
    ['a namespace that is no string', {}, { namespace: 5 }, /labels\.namespace/],
  ])('%s', async (_, options, labels, message) => {
    const child = shell('echo x', options)
    const out = sink()
    await expect(tagLogs(child, out, labels)).rejects.toThrow(message)
    await expect(tagLogs(child, out, labels)).rejects.toThrow(TypeError)
    expect(listeners(out)).toEqual(listeners(new Writable()))
    if (child.stdout !== null) expect(await text(child.stdout)).toBe('x\n')
    await child.exited
  })
})

describe('a destination that stalls', () => {
  test('makes the child wait, and gets all when it goes on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nskit-stall-'))
    const counter = join(folder, 'count')
    try {
      // It says how far it has come; without back-pressure that is the end.
      const script = `i=0; while [ $i -lt 40 ]; do printf '%065535d\\n' $i; i=$((i+1)); echo $i > ${counter}; done`
      const waiting: Array<() => void> = []
      let bytes = 0
      let isStalled = true
      const out = new Writable({
        highWaterMark: 1,
        write(chunk, _encoding, done) {
          bytes += chunk.length
          if (isStalled) waiting.push(done)
          else done()
        },
      })
      const child = shell(script)
      const done = tagLogs(child, out)
      await until(() => waiting.length > 0, 'the first write')
      await standstill(child.pid!)
      expect(Number(readFileSync(counter, 'utf8'))).toBeLessThan(20)
      expect(out.writableLength).toBeLessThan(1 << 18)
      isStalled = false
      for (const go of waiting) go()
      await done
      expect(bytes).toBeGreaterThan(40 * 65_536)
      expect(readFileSync(counter, 'utf8')).toBe('40\n')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('a destination that fails', () => {
  const failing = () =>
    new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error('no space'), { code: 'ENOSPC' }))
      },
    })

  test('rejects with its error, and the child is not blocked for good', async () => {
    const child = shell('while :; do echo x; done')
    const out = failing()
    await expect(tagLogs(child, out)).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(await child.exited).toEqual({ exitCode: null, signalCode: 'SIGPIPE' })
    await until(() => out.closed, 'the close of the destination')
    expect(listeners(out)).toEqual(listeners(new Writable()))
  })

  test('rejects while the child says nothing', async () => {
    const child = shell('exec sleep 1000')
    const out = new PassThrough()
    const done = tagLogs(child, out)
    await child.spawned
    out.destroy(new Error('gone'))
    await expect(done).rejects.toThrow('gone')
    expect(listeners(out)).toEqual(listeners(new PassThrough()))
    await child[Symbol.asyncDispose]()
  })

  test('rejects when it is closed in a write that never ends', async () => {
    const out = new Writable({ write() {} })
    const child = shell('echo x; exec sleep 1000')
    const done = tagLogs(child, out)
    await until(() => out.writableLength > 0, 'the write')
    out.destroy()
    await expect(done).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
    await child[Symbol.asyncDispose]()
  })

  test.each<[name: string, end: (out: Writable) => void]>([
    ['ended', (out) => out.end()],
    ['destroyed', (out) => out.destroy()],
  ])('rejects when it was %s before', async (_, end) => {
    const out = sink()
    end(out)
    await once(out, 'close')
    const child = shell('exec cat', { stdio: ['pipe', 'pipe', 'pipe'] })
    await expect(tagLogs(child, out)).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
    expect(listeners(out)).toEqual(listeners(new Writable()))
    await child[Symbol.asyncDispose]()
  })

  test('rejects for all who write to it', async () => {
    const out = failing()
    const children = [shell('exec sleep 1000'), shell('echo x'), shell('exec sleep 1000')]
    const ends = await Promise.allSettled(children.map((child) => tagLogs(child, out)))
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    for (const child of children) await child[Symbol.asyncDispose]()
  })

  test('is one that the kernel refuses to write to', async () => {
    const { createWriteStream } = require('node:fs') as typeof import('node:fs')
    const fd = openSync('/dev/full', 'w')
    const out = createWriteStream('', { fd, autoClose: false })
    await expect(tagLogs(shell('echo x'), out)).rejects.toMatchObject({ code: 'ENOSPC' })
    closeSync(fd)
  })
})
