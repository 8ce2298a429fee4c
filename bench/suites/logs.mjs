import * as childProcess from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { PassThrough, Writable } from 'node:stream'
import { createLogTagger, spawn, tagLogs } from 'nskit'

export const title = 'Logs with labels'

const LABELS = { namespace: 'box', stream: 'stdout', pid: 7 }
const KINDS = {
  text: (i) => `2026-01-02 12:00:00 INFO request ${i} GET /api/v1/users/${i * 7} took ${i % 100} ms`,
  objects: (i) =>
    JSON.stringify({
      level: 30,
      msg: 'completed',
      request: { id: i, url: `/api/v1/users/${i * 7}` },
      ms: i % 100,
    }),
  'objects that clash': (i) =>
    JSON.stringify({ level: 30, time: 1531171074631 + i, pid: 657, msg: 'completed', id: i }),
}
const JQ = '. as $line | {namespace: "box", stream: "stdout", pid: 7, time: now | todate} + $line'

export async function run(bench) {
  const size = (bench.quick ? 4 : 16) * 1e6
  for (const [kind, line] of Object.entries(KINDS)) await throughput(bench, kind, bytesOf(line, size))
  await delays(bench)
}

function bytesOf(line, size) {
  const lines = []
  for (let length = 0, i = 0; length < size; i++) length += lines.push(`${line(i)}\n`) && lines[i].length
  return Buffer.from(lines.join(''))
}

async function throughput(bench, kind, bytes) {
  const folder = mkdtempSync(join(tmpdir(), 'nskit-bench-logs-'))
  const file = join(folder, 'log')
  writeFileSync(file, bytes)
  const contender = (name, work) => ({
    name,
    sample: async () => {
      const begin = performance.now()
      await work()
      return bytes.length / 1000 / (performance.now() - begin)
    },
  })
  const contenders = [
    contender('createLogTagger, from memory', () => inMemory(bytes)),
    contender('tagLogs of cat', () => tagLogs(spawn('cat', [file], { name: 'box' }), nowhere())),
    contender('cat alone, read and dropped', () => dropped(spawn('cat', [file]))),
    contender('cat, node:readline and JSON', () => byReadline(file)),
  ]
  if (kind !== 'text') contenders.push(contender('jq -c', () => byJq(file)))
  try {
    const result = await bench.compare(`${kind}, what goes in`, 'MB/s', contenders)
    const ratio = result.ratio('tagLogs of cat', 'cat, node:readline and JSON')
    bench.bar(`tagLogs, ${kind}, against a loop over node:readline`, ratio, '×', { atLeast: 1 })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function nowhere() {
  return new Writable({ write: (_chunk, _encoding, done) => done() })
}

async function inMemory(bytes) {
  const tagger = createLogTagger(LABELS)
  tagger.resume()
  const ended = once(tagger, 'end')
  for (let at = 0; at < bytes.length; at += 65_536) {
    if (!tagger.write(bytes.subarray(at, at + 65_536))) await once(tagger, 'drain')
  }
  tagger.end()
  await ended
}

async function dropped(child) {
  child.stdout.resume()
  await once(child, 'close')
}

/** What one writes in its place. It rounds large numbers, loses bytes that are no UTF-8, and lets a line take a label. */
async function byReadline(file) {
  const child = childProcess.spawn('cat', [file])
  const out = nowhere()
  for await (const line of createInterface({ input: child.stdout })) {
    const entry = { ...LABELS, time: new Date().toISOString(), ...fieldsOf(line) }
    if (!out.write(`${JSON.stringify(entry)}\n`)) await once(out, 'drain')
  }
}

function fieldsOf(line) {
  try {
    const value = JSON.parse(line)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // No JSON.
  }
  return { message: line }
}

async function byJq(file) {
  const child = childProcess.spawn('jq', ['-c', JQ, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const failed = once(child, 'error').then(([error]) => Promise.reject(error))
  await Promise.race([dropped(child), failed])
}

/** A line to a cat and back: by a listener, and tagged. */
async function delays(bench) {
  const plain = spawn('cat', [], { name: 'box' })
  const tagged = spawn('cat', [], { name: 'box' })
  const output = new PassThrough()
  const done = tagLogs(tagged, output)
  const sample = (child, source) => async () => {
    const begin = performance.now()
    child.stdin.write('a line as a program writes it, now and then\n')
    await once(source, 'data')
    return (performance.now() - begin) * 1000
  }
  const contenders = [
    { name: 'untagged', sample: sample(plain, plain.stdout) },
    { name: 'tagLogs', sample: sample(tagged, output) },
  ]
  await bench.compare('one line through cat and back', 'µs', contenders, { samples: 200 })
  for (const child of [plain, tagged]) child.stdin.end()
  await done
}
