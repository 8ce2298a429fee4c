import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { IdMap } from 'nskit'

setFlagsFromString('--expose-gc')
// The flag is for contexts that are made after it.
const collectGarbage = runInNewContext('gc')

export const title = 'Translating ids'

const COUNT = 1 << 20
const SIZES = [
  { extents: 1, width: 65_536, one: 50, bulk: 100 },
  { extents: 5, width: 65_536 },
  // Wider ones would not fit into the 4095 bytes of one write.
  { extents: 340, width: 2, one: 15, bulk: 30 },
]

export async function run(bench) {
  const cases = SIZES.map((size) => ({ ...size, map: mapOf(size), ids: idsOf(size) }))
  const name = ({ extents }) => `${extents} ${extents === 1 ? 'extent' : 'extents'}`
  const one = await compare(bench, 'toHost, mapped ids at random', name, cases, ({ map, ids }) =>
    oneByOne(map, ids),
  )
  const bulk = await compare(bench, 'mapToHost, mapped ids at random', name, cases, ({ map, ids }) =>
    map.mapToHost(ids),
  )
  for (const each of cases.filter((size) => size.one !== undefined)) {
    bench.bar(`toHost, ${name(each)}`, one.of(name(each)), 'M/s', { atLeast: each.one })
    bench.bar(`mapToHost, ${name(each)}`, bulk.of(name(each)), 'M/s', { atLeast: each.bulk })
  }
  await memory(bench, SIZES.at(-1))
}

/** Of the maps alone: what they were made from is not kept. */
async function memory(bench, size) {
  const untouched = (map) => map
  const bothWays = (map) => [map.toHost(0), map.toContainer(2000)]
  const contenders = [
    { name: 'made', sample: () => kibibytesEach(size, untouched) },
    { name: 'asked in both directions', sample: () => kibibytesEach(size, bothWays) },
  ]
  await bench.compare(`memory of a map with ${size.extents} extents`, 'KiB', contenders)
}

function kibibytesEach(size, use) {
  const before = memoryInUse()
  const maps = Array.from({ length: 100 }, () => mapOf(size))
  maps.forEach(use)
  const grown = memoryInUse() - before
  return grown / maps.length / 1024
}

/** Bytes that are still reachable, in the heap and in array buffers. */
function memoryInUse() {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
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

/** Gaps on both sides, so that no extent can be joined with its neighbour. */
function mapOf({ extents, width }) {
  const pitch = width + 1
  return new IdMap(
    Array.from({ length: extents }, (_, i) => ({
      containerID: i * pitch,
      hostID: 2000 + i * pitch,
      size: width,
    })),
  )
}

/** Mapped ids, every extent alike, in no order that a branch predictor could learn. */
function idsOf({ extents, width }) {
  let state = 1
  const random = (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  return Uint32Array.from({ length: COUNT }, () => random(extents) * (width + 1) + random(width))
}
