import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ContainerRegistry, IdMap } from 'nskit'
import { auditBlocks, withAuditLog } from '../harness/audit-log.mjs'
import { openCPeer } from '../harness/peers.mjs'

export const title = 'Audit records tagged with their container, and whose a host id is'

const TAGGER = 'nskit'
const LAUREL = 'laurel'
const TAG = [process.execPath, fileURLToPath(new URL('../peers/tag-audit.mjs', import.meta.url))]

const OWNER = 'ownerOf, 10,000 containers'
const CONTAINERS = 10_000
const QUESTIONS = 1 << 19

export async function run(bench) {
  const lines = bench.quick ? 120_000 : 600_000
  await withAuditLog(lines, async ({ log, settings }) => {
    await throughput(bench, lines, log, settings)
    await memory(bench, lines, settings)
  })
  await owners(bench)
}

/** Of processor time, whatever the machine does besides; the tagger's contains the start of Node. */
async function throughput(bench, lines, log, settings) {
  const peers = [
    [TAGGER, [...TAG, log]],
    [LAUREL, ['/bin/sh', '-c', `exec laurel -c ${settings} < ${log} 2> /dev/null`]],
  ].map(([name, command]) => ({ name, peer: openCPeer('processor-time.c', command) }))
  const contenders = peers.map(({ name, peer }) => ({
    name,
    sample: async () => lines / (await peer.sample()),
  }))
  const result = await bench.compare(
    `${lines} lines of execve events, enriched`,
    'thousand lines per second of processor time',
    contenders,
    { rounds: Math.min(5, bench.rounds) },
  )
  for (const { peer } of peers) await peer.close()
  bench.bar('lines per second on one core, against laurel', result.ratio(TAGGER, LAUREL), '×', {
    atLeast: 1.5,
  })
}

async function memory(bench, lines, settings) {
  const contenders = [
    { name: TAGGER, sample: () => peakMemory(TAG, lines) },
    { name: LAUREL, sample: () => peakMemory(['laurel', '-c', settings], lines) },
  ]
  await bench.compare(`memory after ${lines} lines`, 'MiB', contenders, { rounds: 1 })
}

/** Of a filter that has read all of its input and waits for more. */
async function peakMemory([command, ...args], lines) {
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'ignore'] })
  await once(child, 'spawn')
  const exit = once(child, 'exit')
  for (const block of auditBlocks(lines)) if (!child.stdin.write(block)) await once(child.stdin, 'drain')
  const [, peak] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))
  child.stdin.end()
  const [code, signal] = await exit
  if (code !== 0) throw new Error(`${command} ended with ${signal ?? code}`)
  return Number(peak) / 1024
}

async function owners(bench) {
  const registry = new ContainerRegistry()
  for (let i = 0; i < CONTAINERS; i++) {
    const uidMap = new IdMap([{ containerID: 0, hostID: 100_000 + i * 70_000, size: 65_536 }])
    registry.add({ name: `container-${i}`, uidMap })
  }
  const ids = questions()
  const at = new Date()
  const ask = () => {
    const begin = performance.now()
    let found = 0
    for (const id of ids) found += registry.ownerOf('uid', id, { at }).candidates.length
    if (found !== ids.length) throw new Error('an id has no owner')
    return QUESTIONS / (performance.now() - begin) / 1000
  }
  const result = await bench.compare('ids at random', 'million per second', [{ name: OWNER, sample: ask }], {
    samples: bench.quick ? 3 : 5,
  })
  bench.bar(OWNER, result.of(OWNER), 'M/s', { atLeast: 5 })
}

function questions() {
  let state = 1
  const random = (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  return Uint32Array.from({ length: QUESTIONS }, () => 100_000 + random(CONTAINERS) * 70_000 + random(65_536))
}
