import * as childProcess from 'node:child_process'
import { diagnose, probe, probeSync } from 'nskit'
import { exited } from '../harness/commands.mjs'

export const title = 'Finding out whether a host allows user and net namespaces'

const PROBE = 'probe()'
const SYNC = 'probeSync()'
const UNSHARE = 'child_process: unshare --user --map-root-user --net true'

const NAMESPACES = ['user', 'net']

export async function run(bench) {
  const samples = bench.quick ? 5 : 15
  const contenders = [
    { name: PROBE, sample: () => timed(() => probe({ namespaces: NAMESPACES })) },
    { name: SYNC, sample: () => timed(() => probeSync({ namespaces: NAMESPACES })) },
    { name: UNSHARE, sample: () => timed(unshare) },
  ]
  const result = await bench.compare('user and net', 'ms', contenders, { samples })
  bench.bar('probe() of user and net, against unshare', result.ratio(PROBE, UNSHARE), '×', { atMost: 0.5 })

  const report = [{ name: 'diagnose()', sample: () => timed(reported) }]
  const whole = await bench.compare('the whole report', 'ms', report, { samples: Math.ceil(samples / 5) })
  bench.bar('diagnose(), the whole report', whole.of('diagnose()'), 'ms', { atMost: 50 })
}

async function timed(work) {
  const begin = performance.now()
  const { ok } = await work()
  const time = performance.now() - begin
  if (!ok) throw new Error('this host denies it')
  return time
}

async function unshare() {
  const args = ['--user', '--map-root-user', '--net', 'true']
  await exited(childProcess.spawn('unshare', args, { stdio: 'ignore' }))
  return { ok: true }
}

async function reported() {
  const { results } = await diagnose()
  return { ok: results.length > 0 }
}
