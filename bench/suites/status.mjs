import { readdirSync, readFileSync } from 'node:fs'
import { readAllStatuses } from 'nskit'
import { openCPeer } from '../harness/peers.mjs'
import { withProcesses } from '../harness/processes.mjs'

export const title = 'The status of every process, with 2,000 more'

const COUNT = 2000
const NSKIT = 'readAllStatuses()'
const FS = 'fs.readFileSync, no parsing'
const LIMIT = 'C, reading only: the limit'

export async function run(bench) {
  try {
    await withProcesses({ count: COUNT }, () => compare(bench))
  } catch (error) {
    bench.missing(`${COUNT} processes`, error)
  }
}

async function compare(bench) {
  const peer = openCPeer('read-statuses.c', [String(COUNT)])
  try {
    const contenders = [
      { name: NSKIT, sample: () => timed(() => readAllStatuses().length) },
      { name: FS, sample: () => timed(readWithFs) },
      { name: LIMIT, sample: () => peer.sample() },
    ]
    const result = await bench.compare('one pass', 'ms', contenders, { samples: bench.quick ? 3 : 5 })
    const what = `readAllStatuses(), ${COUNT} processes, against reading only`
    bench.bar(what, result.ratio(NSKIT, LIMIT), '×', { atMost: 1.5 })
  } finally {
    await peer.close()
  }
}

function timed(work) {
  const begin = performance.now()
  const count = work()
  const time = performance.now() - begin
  if (count < COUNT) throw new Error(`${count} of ${COUNT} processes`)
  return time
}

function readWithFs() {
  let count = 0
  for (const name of readdirSync('/proc')) {
    if (/^\d/.test(name) && readStatus(name) !== undefined) count++
  }
  return count
}

function readStatus(pid) {
  try {
    return readFileSync(`/proc/${pid}/status`)
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return undefined
    throw error
  }
}
