/** The registry against the same questions answered by looking at every entry. */

import fc from 'fast-check'
import type { ContainerEntry, ContainerRegistry } from '../../lib/identity/index.js'
import { covers } from '../../lib/ids/ranges.js'
import { idMaps, SMALL_WORLD } from '../ids/arbitraries.js'
import { date, registryOf } from './entries.js'

const LAST = 20

const entries: fc.Arbitrary<ContainerEntry[]> = fc
  .array(
    fc.record({
      map: idMaps(4),
      from: fc.option(fc.nat(LAST), { nil: undefined }),
      lifetime: fc.option(fc.nat(LAST), { nil: undefined }),
      auditSession: fc.option(fc.nat(3), { nil: undefined }),
      sharedUids: fc.array(fc.nat(SMALL_WORLD), { maxLength: 4 }),
    }),
    { maxLength: 8 },
  )
  .map((list) =>
    list.map(({ map, from, lifetime, auditSession, sharedUids }, index) => ({
      name: `c${index}`,
      uidMap: map,
      sharedUids,
      ...(from !== undefined && { from: date(from) }),
      ...(lifetime !== undefined && { to: date((from ?? 0) + lifetime) }),
      ...(auditSession !== undefined && { auditSession }),
    })),
  )

function isAlive({ from, to }: ContainerEntry, time: number): boolean {
  return (from?.getTime() ?? -1) <= time && time < (to?.getTime() ?? Number.POSITIVE_INFINITY)
}

/** Nothing sorted, nothing kept. */
function plainOwners(all: ContainerEntry[], id: number, time: number, session?: number): string[] {
  const alive = all.filter((one) => isAlive(one, time) && one.uidMap.toContainer(id) !== undefined)
  const inSession = alive.filter(({ auditSession }) => session !== undefined && auditSession === session)
  if (inSession.length > 0) return inSession.map(({ name }) => name).sort()
  return alive
    .filter((outer) => !alive.some((inner) => inner !== outer && isNested(inner, outer, id)))
    .map(({ name }) => name)
    .sort()
}

function isNested(inner: ContainerEntry, outer: ContainerEntry, id: number): boolean {
  const [mine, its] = [hostRanges(inner), hostRanges(outer)]
  return mine.every((range) => covers(its, range)) && width(inner, id) < width(outer, id)
}

function hostRanges({ uidMap }: ContainerEntry) {
  return uidMap.mappings.map(({ hostID, size }) => ({ start: hostID, size }))
}

/** How many ids in a row, around this one, it has. */
function width({ uidMap }: ContainerEntry, id: number): number {
  let [low, high] = [id, id]
  while (low > 0 && uidMap.toContainer(low - 1) !== undefined) low--
  while (uidMap.toContainer(high + 1) !== undefined) high++
  return high - low + 1
}

function owners(
  registry: ContainerRegistry,
  all: ContainerEntry[],
  id: number,
  time: number,
  session?: number,
): string[] {
  const context = { at: date(time), ...(session !== undefined && { auditSession: session }) }
  const { candidates, confidence, via } = registry.ownerOf('uid', id, context)
  const shared = all.filter(({ sharedUids }) => sharedUids?.includes(id)).map(({ name }) => name)
  const others = via === 'range' && candidates.some(({ name }) => shared.includes(name))
  const certain = others ? 'ambiguous' : 'exact'
  expect(confidence).toBe(['none', certain][candidates.length] ?? 'ambiguous')
  return candidates.map(({ name }) => name).sort()
}

const questions = fc.array(
  fc.tuple(fc.nat(SMALL_WORLD), fc.nat(2 * LAST), fc.option(fc.nat(3), { nil: undefined })),
  { minLength: 30, maxLength: 30 },
)

it('an id’s owners are those that looking at every entry finds', () => {
  fc.assert(
    fc.property(entries, questions, (all, asked) => {
      const registry = registryOf(...all)
      for (const [id, time, session] of asked)
        expect(owners(registry, all, id, time, session)).toEqual(plainOwners(all, id, time, session))
    }),
  )
})

it('removing and forgetting leave the answers about the time before as they were', () => {
  fc.assert(
    fc.property(entries, fc.nat(LAST), questions, (all, end, asked) => {
      const registry = registryOf(...all)
      for (const { name } of all) registry.remove(name, date(end))
      const ended = all.map((one) => (isAlive(one, end) ? { ...one, to: date(end) } : one))
      for (const [id, time] of asked)
        expect(owners(registry, all, id, time)).toEqual(plainOwners(ended, id, time))
      registry.forget(date(end))
      const left = ended.filter(({ to }) => to === undefined || to.getTime() > end)
      for (const [id, time] of asked)
        expect(owners(registry, all, id, time)).toEqual(plainOwners(left, id, time))
    }),
  )
})
