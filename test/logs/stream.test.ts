import { once } from 'node:events'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate as turn } from 'node:timers/promises'
import { createLogTagger } from '../../lib/logs/index.js'
import { LABELS, tagged } from './tagging.js'

test('a reader that stalls makes the writer wait', async () => {
  const tagger = createLogTagger(LABELS)
  const chunk = Buffer.from(`${'x'.repeat(99)}\n`.repeat(1000))
  let taken = 0
  while (tagger.write(chunk) && taken < 100) taken++
  await turn()
  expect(taken).toBeLessThan(5)
  const drained = once(tagger, 'drain')
  let read = 0
  tagger.on('data', (data: Buffer) => {
    read += data.toString().split('\n').length - 1
  })
  await drained
  tagger.end()
  await once(tagger, 'end')
  expect(read).toBe(1000 * (taken + 1))
})

test('of one chunk no more is tagged than the reader takes', async () => {
  const tagger = createLogTagger(LABELS)
  // Each byte becomes a line of a hundred.
  const chunk = Buffer.alloc(1 << 20, '\n')
  tagger.end(chunk)
  await turn()
  expect(tagger.readableLength).toBeLessThan(16 << 20)
  let lines = 0
  let most = 0
  for await (const data of tagger as AsyncIterable<Buffer>) {
    for (let at = data.indexOf(10); at >= 0; at = data.indexOf(10, at + 1)) lines++
    most = Math.max(most, tagger.readableLength)
  }
  expect(lines).toBe(chunk.length)
  expect(most).toBeLessThan(16 << 20)
})

test('a line without an end takes no more memory than maxLineLength', async () => {
  const chunk = Buffer.alloc(1 << 16, 'x')
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  async function* endless() {
    for (let i = 0; i < 4096; i++) {
      yield chunk
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    }
  }
  let bytes = 0
  const sink = new Writable({
    write(data: Buffer, _encoding, done) {
      bytes += data.length
      done()
    },
  })
  await pipeline(Readable.from(endless()), createLogTagger(LABELS), sink)
  expect(bytes).toBeGreaterThan(4096 * chunk.length)
  expect(most).toBeLessThan(128 << 20)
})

test('strings are the bytes that they stand for', async () => {
  expect(await tagged(['h', 'é', '\n'])).toMatchObject([{ message: 'hé' }])
})

test('a clock that tells no time is an error of the stream', async () => {
  const tagger = createLogTagger(LABELS, { now: () => Number.NaN })
  const failed = once(tagger, 'error')
  tagger.write('x\n')
  expect((await failed)[0]).toBeInstanceOf(RangeError)
})

test('labels are copied', async () => {
  const labels = { ...LABELS, more: { a: 1 } }
  const tagger = createLogTagger(labels)
  labels.more.a = 2
  labels.namespace = 'other'
  tagger.end('x\n')
  expect(JSON.parse(String(tagger.read()))).toMatchObject({ namespace: 'box', more: { a: 1 } })
})

describe('what is wrong is refused', () => {
  const create = createLogTagger as (labels?: unknown, options?: unknown) => unknown
  test.each<[labels: unknown, options: unknown, message: RegExp]>([
    [undefined, undefined, /^labels must be an object/],
    [{}, undefined, /^labels\.namespace must be a string/],
    [{ namespace: 5 }, undefined, /^labels\.namespace must be a string/],
    [{ namespace: 'n', stream: 'stdin' }, undefined, /^labels\.stream must be/],
    [{ namespace: 'n', pid: '5' }, undefined, /^labels\.pid must be a number/],
    [{ namespace: 'n', pid: 0 }, undefined, /^labels\.pid must be an integer/],
    [{ namespace: 'n', time: 'now' }, undefined, /^labels\.time must be left out/],
    [{ namespace: 'n', f: () => {} }, undefined, /^labels\.f must be a value for JSON/],
    [{ namespace: 'n', big: 1n }, undefined, /^labels\.big must be a value for JSON/],
    [LABELS, { maxLineLength: 3 }, /^options\.maxLineLength must be an integer from 4/],
    [LABELS, { maxLineLength: '9' }, /^options\.maxLineLength must be a number/],
    [LABELS, { now: 5 }, /^options\.now must be a function/],
    [LABELS, 5, /^options must be an object/],
  ])('%p %p', (labels, options, message) => {
    expect(() => create(labels, options)).toThrow(message)
  })
})
