import { blocking, startNskit, startPlain } from '../harness/commands.mjs'
import { withGibibyte } from '../harness/resident.mjs'

export const title = 'Time that the call of spawn() blocks the event loop'

const NSKIT = 'nskit, six namespaces'
const PLAIN = 'child_process, no namespaces'

export async function run(bench) {
  await compare(bench, 'at idle', 0.25)
  try {
    await withGibibyte(() => compare(bench, 'with 1 GiB resident', 0.015))
  } catch (error) {
    bench.missing('1 GiB resident', error)
  }
}

async function compare(bench, state, atMost) {
  const contenders = [
    { name: NSKIT, sample: () => blocking(startNskit) },
    { name: PLAIN, sample: () => blocking(startPlain) },
  ]
  const result = await bench.compare(state, 'ms', contenders, { samples: bench.quick ? 5 : 15 })
  const what = `blocked event loop ${state}, against plain child_process`
  bench.bar(what, result.ratio(NSKIT, PLAIN), '×', { atMost })
}
