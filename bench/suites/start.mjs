import {
  startBwrap,
  startNskit,
  startNskitWithInit,
  startNskitWithNet,
  startPlain,
  startUnshare,
  untilExit,
} from '../harness/commands.mjs'
import { openCPeer, openGoPeer } from '../harness/peers.mjs'
import { withGibibyte } from '../harness/resident.mjs'

export const title = 'Start to exit of /bin/true in user, pid, mnt, ipc, uts and cgroup namespaces'

const NSKIT = 'nskit'
const INIT = 'nskit, with init'
const NET = 'nskit, with net, lo up'
const PLAIN = 'child_process, no namespaces'
const UNSHARE = 'child_process: unshare'
const BWRAP = 'child_process: bwrap'
const GO = 'Go os/exec, no /proc mounted'
const LIMIT = 'C, clone(CLONE_VM): the limit'

export async function run(bench) {
  const samples = bench.quick ? 5 : 15
  await idle(bench, samples)
  try {
    await withGibibyte(() => resident(bench, samples))
  } catch (error) {
    bench.missing('1 GiB resident', error)
  }
}

async function idle(bench, samples) {
  const peers = [
    [GO, openGoPeer],
    [LIMIT, () => openCPeer('limit.c')],
  ].flatMap(([name, open]) => {
    try {
      return [{ name, peer: open() }]
    } catch (error) {
      bench.missing(name, error)
      return []
    }
  })
  const contenders = [
    [NSKIT, startNskit],
    [INIT, startNskitWithInit],
    [PLAIN, startPlain],
    [UNSHARE, startUnshare],
    [BWRAP, startBwrap],
    // Before those without a bar: the kernel takes a network namespace down in the background, at the cost of
    // whoever is next.
    [NET, startNskitWithNet],
  ].map(([name, start]) => ({ name, sample: () => untilExit(start) }))
  contenders.push(...peers.map(({ name, peer }) => ({ name, sample: () => peer.sample() })))
  const result = await bench.compare('at idle', 'ms', contenders, { samples })
  for (const { peer } of peers) await peer.close()

  bench.bar('start to exit, against plain child_process', result.ratio(NSKIT, PLAIN), '×', { atMost: 0.8 })
  bench.bar('start to exit, against bwrap', result.ratio(NSKIT, BWRAP), '×', { atMost: 0.3 })
  bench.bar('start to exit, against unshare', result.ratio(NSKIT, UNSHARE), '×', { atMost: 0.42 })
  bench.bar('with net, against plain child_process', result.ratio(NET, PLAIN), '×', { atMost: 1 })
  bench.bar('with init, against without', result.ratio(INIT, NSKIT), '×', { atMost: 1.2 })
}

async function resident(bench, samples) {
  const contenders = [
    { name: NSKIT, sample: () => untilExit(startNskit) },
    { name: PLAIN, sample: () => untilExit(startPlain) },
  ]
  const result = await bench.compare('with 1 GiB resident', 'ms', contenders, { samples })
  const what = 'start to exit with 1 GiB resident, against plain child_process'
  bench.bar(what, result.ratio(NSKIT, PLAIN), '×', { atMost: 0.08 })
}
