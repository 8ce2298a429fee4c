import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { listNamespaces } from 'nskit'
import { openCPeer } from '../harness/peers.mjs'
import { withProcesses } from '../harness/processes.mjs'

export const title = 'Listing namespaces, with 2,000 processes in 200 namespaces more'

const COUNT = 2000
/** Five namespaces each. */
const GROUPS = 40
const NAMESPACES = 5 * GROUPS
const NSKIT = 'listNamespaces()'
const LSNS = 'lsns'

export async function run(bench) {
  try {
    await withProcesses({ count: COUNT, groups: GROUPS }, async () => {
      await compareElapsed(bench)
      await compareProcessorTime(bench)
    })
  } catch (error) {
    bench.missing(`${COUNT} processes in ${NAMESPACES} namespaces`, error)
  }
}

async function compareElapsed(bench) {
  const contenders = [
    { name: NSKIT, sample: () => elapsed(list) },
    { name: `child_process: ${LSNS}`, sample: () => elapsed(runLsns) },
  ]
  const result = await bench.compare('from the call to the list', 'ms', contenders)
  const what = `listNamespaces(), ${COUNT} processes, against lsns`
  bench.bar(what, result.ratio(NSKIT, `child_process: ${LSNS}`), '×', { atMost: 0.2 })
}

/** Without what it costs to start a program and to read its output. */
async function compareProcessorTime(bench) {
  const peer = openCPeer('processor-time.c', [LSNS])
  try {
    const contenders = [
      { name: NSKIT, sample: () => processorTime(list) },
      { name: LSNS, sample: () => peer.sample() },
    ]
    const result = await bench.compare('user and system time', 'ms', contenders)
    const what = `listNamespaces(), ${COUNT} processes, against lsns, processor time`
    bench.bar(what, result.ratio(NSKIT, LSNS), '×', { atMost: 0.2 })
  } finally {
    await peer.close()
  }
}

async function elapsed(work) {
  const begin = performance.now()
  await work()
  return performance.now() - begin
}

function processorTime(work) {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function list() {
  check(listNamespaces().length)
}

async function runLsns() {
  const { stdout } = await promisify(execFile)('lsns', { maxBuffer: 2 ** 24 })
  check(stdout.split('\n').length)
}

function check(count) {
  if (count < NAMESPACES) throw new Error(`${count} of ${NAMESPACES} namespaces`)
}
