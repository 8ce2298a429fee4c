import { IdMap } from 'nskit'

export const title = 'Translating ids'

const COUNT = 1 << 20
const SIZES = [{ extents: 1, one: 50, bulk: 100 }, { extents: 5 }, { extents: 340, one: 15, bulk: 30 }]

export async function run(bench) {
  const cases = SIZES.map((size) => ({ ...size, map: mapOf(size.extents), ids: idsOf(size.extents) }))
  const name = ({ extents }) => `${extents} ${extents === 1 ? 'extent' : 'extents'}`
  const one = await compare(bench, 'toHost', name, cases, ({ map, ids }) => oneByOne(map, ids))
  const bulk = await compare(bench, 'mapToHost', name, cases, ({ map, ids }) => map.mapToHost(ids))
  for (const each of cases.filter((size) => size.one !== undefined)) {
    bench.bar(`toHost, ${name(each)}`, one.of(name(each)), 'M/s', { atLeast: each.one })
    bench.bar(`mapToHost, ${name(each)}`, bulk.of(name(each)), 'M/s', { atLeast: each.bulk })
  }
}

function compare(bench, title, name, cases, work) {
  const contenders = cases.map((each) => ({
    name: name(each),
    sample: () => millionsPerSecond(() => work(each)),
  }))
  return bench.compare(title, 'million per second', contenders, { samples: bench.quick ? 3 : 5 })
}

function millionsPerSecond(work) {
  const begin = performance.now()
  work()
  return COUNT / (performance.now() - begin) / 1000
}

function oneByOne(map, ids) {
  let sum = 0
  for (const id of ids) sum += map.toHost(id) ?? 0
  // The sum is looked at, or the loop could be removed.
  if (sum < 0) throw new Error('unreachable')
}

/** Gaps on both sides, so that no extent can be joined with its neighbour; 340 of them fit into one write. */
function mapOf(extents) {
  return new IdMap(
    Array.from({ length: extents }, (_, i) => ({ containerID: i * 3, hostID: 2000 + i * 3, size: 2 })),
  )
}

/** Every extent alike, in no order that a branch predictor could learn; a third of them unmapped. */
function idsOf(extents) {
  let state = 1
  return Uint32Array.from({ length: COUNT }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * extents * 3)
  })
}
