import { exited, startBwrap, startNskit, startPlain } from '../harness/commands.mjs'

export const title = 'Short sandboxes, eight at a time'

const AT_ONCE = 8
const ROUNDS = 5

/** 1,000 of each kind, in five rounds that take turns. */
export async function run(bench) {
  const count = bench.quick ? 40 : 200
  const contenders = [
    { name: 'nskit', start: startNskit },
    { name: 'child_process: bwrap', start: startBwrap },
    { name: 'child_process, no namespaces', start: startPlain },
  ].map(({ name, start }) => ({ name, sample: () => perSecond(start, count) }))
  await bench.compare(`${count} a round`, 'per second', contenders, {
    rounds: Math.min(ROUNDS, bench.rounds),
  })
}

async function perSecond(start, count) {
  let left = count
  const worker = async () => {
    while (left-- > 0) await exited(start())
  }
  const begin = performance.now()
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return (count / (performance.now() - begin)) * 1000
}
