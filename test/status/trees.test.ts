import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { IdMap } from '../../lib/ids/index.js'
import { type ProcessStatus, parseStatus } from '../../lib/status/index.js'
import { referenceStatus } from '../support/status-reference.js'
import { SHELL_GROUPS, TREES } from './trees.js'

const folder = join(__dirname, '../fixtures/proc')

const pidsOf = (tree: string) => readdirSync(join(folder, tree)).map(Number)
const file = (tree: string, pid: number, name: string) => readFileSync(join(folder, tree, String(pid), name))
const status = (tree: string, pid: number): ProcessStatus => parseStatus(file(tree, pid, 'status'))
const map = (tree: string, pid: number, kind: 'uid' | 'gid'): IdMap =>
  IdMap.parse(file(tree, pid, `${kind}_map`).toString('latin1'))

test('every tree has its values', () => {
  const trees = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(trees.map(({ name }) => name).sort()).toEqual(Object.keys(TREES).sort())
})

describe.each(Object.entries(TREES))('%s', (name, tree) => {
  test('every process reads as the reference reads it', () => {
    const { init, worker, zombie, spoofed, contained, groups, unmapped } = tree
    const roles = [init && 1, 2, worker[0], zombie, spoofed[0], contained, groups, unmapped]
    expect(pidsOf(name).sort()).toEqual(roles.filter((pid) => pid !== undefined).sort())
    for (const pid of pidsOf(name)) {
      const text = file(name, pid, 'status').toString('latin1')
      expect({ ...status(name, pid) }).toEqual(referenceStatus(text))
      expect(status(name, pid)).toMatchObject({ pid, tgid: pid, tracerPid: 0, ngid: 0, threads: 1 })
    }
  })

  test('what this kernel or machine lacks is undefined, and nothing else is', () => {
    const all = Object.entries({ ...status(name, tree.contained) })
    const lacking = all.filter(([, value]) => value === undefined).map(([key]) => key)
    expect(lacking.sort()).toEqual([...tree.lacks].sort())
  })

  const { init } = tree
  if (init !== undefined) {
    test('the init: root, with all ids', () => {
      expect(status(name, 1)).toMatchObject({
        name: init[0],
        state: 'S',
        ppid: 0,
        umask: 0o22,
        uid: { real: 0, effective: 0, saved: 0, filesystem: 0 },
        groups: [],
        nsPid: [1],
        nsSid: [0],
        fdSize: tree.fdSize,
        speculationStoreBypass: tree.speculation,
        memsAllowed: tree.memsAllowed,
        memsAllowedList: '0',
      })
      expect(status(name, 1).memory.VmRSS).toBe(init[1])
      expect(status(name, 1).capabilities.effective.size).toBe(41)
      for (const kind of ['uid', 'gid'] as const) {
        expect(map(name, 1, kind).equals(IdMap.identity)).toBe(true)
        expect(map(name, 1, kind).toHost(4294967295)).toBeUndefined()
      }
    })
  }

  test('kernel threads: no memory, all signals ignored, what a queue works on in the name', () => {
    const [worker, workerName] = tree.worker
    const expected = { memory: {}, signals: { queued: 0, queueLimit: tree.queueLimit } }
    expect(status(name, 2)).toMatchObject({ ...expected, name: 'kthreadd', state: 'S', ppid: 0 })
    expect(status(name, worker)).toMatchObject({ ...expected, name: workerName, state: 'I', ppid: 2 })
    for (const pid of [2, worker]) {
      expect(status(name, pid).signals.ignored).toBe(0xffff_ffff_ffff_ffffn)
      expect(status(name, pid).kernelThread).toBe(tree.lacks.includes('kernelThread') ? undefined : true)
    }
  })

  test('a zombie: no memory, no umask, no descriptors', () => {
    const zombie = status(name, tree.zombie)
    expect(zombie).toMatchObject({ state: 'Z', memory: {}, fdSize: 0, nsPid: [tree.zombie] })
    expect([zombie.umask, zombie.coreDumping]).toEqual([undefined, undefined])
    expect(zombie.kernelThread).toBe(tree.lacks.includes('kernelThread') ? undefined : false)
    expect(zombie.uid.effective).toBe(0)
  })

  test('a name that imitates a field is only a name', () => {
    const [pid, gid, groups] = tree.spoofed
    const spoofed = status(name, pid)
    expect(spoofed.name).toBe('Uid:\t0\t0\t0\n\\\r\xff')
    expect(spoofed.fields.get('Name')).toBe('Uid:\t0\t0\t0\\n\\\\\r\xff')
    expect(spoofed.uid).toEqual({ real: 1000, effective: 1000, saved: 1000, filesystem: 1000 })
    expect(spoofed).toMatchObject({ gid: { real: gid, filesystem: gid }, groups })
    expect(spoofed.capabilities.permitted.size).toBe(0)
  })

  test('in a user namespace: host ids, which its maps take inside', () => {
    const contained = status(name, tree.contained)
    const [uids, gids] = [map(name, tree.contained, 'uid'), map(name, tree.contained, 'gid')]
    expect(contained).toMatchObject({ name: 'contained', umask: 0o27, nsPid: [tree.contained, 1] })
    expect(contained.nsSid).toEqual([contained.nsSid![0], 0])
    expect(contained.uid).toMatchObject({ effective: 101000, filesystem: 101000 })
    expect(contained.gid).toEqual({ real: 201001, effective: 201001, saved: 201001, filesystem: 201001 })
    expect(uids.toContainer(contained.uid.effective)).toBe(1000)
    expect(gids.toContainer(contained.gid.effective)).toBe(1001)
    expect(contained.groups.map((id) => gids.toContainer(id))).toEqual(
      tree.groups === undefined ? SHELL_GROUPS : [3, 2000],
    )
    expect([uids.toHost(2003), uids.toHost(2004), uids.toHost(1001)]).toEqual([
      4294967293,
      undefined,
      undefined,
    ])
    for (const ids of [uids, gids]) expect(IdMap.parse(String(ids)).mappings).toEqual(ids.mappings)
  })

  const { groups, unmapped } = tree
  if (groups !== undefined) {
    test('many groups, and four ids that differ', () => {
      const { uid, gid, groups: found } = status(name, groups)
      expect(uid).toEqual({ real: 5, effective: 0, saved: 4294967294, filesystem: 0 })
      expect(gid).toEqual({ real: 7, effective: 8, saved: 9, filesystem: 8 })
      expect(found).toEqual([...Array.from({ length: 40 }, (_, i) => 100 + i), 65534, 4294967294])
    })

    test('what it did to its signals and privileges shows', () => {
      const { signals, noNewPrivs, seccomp, uid } = status(name, tree.contained)
      // SIGUSR1 ignored, SIGRTMAX blocked.
      expect([signals.blocked, signals.ignored & (1n << 9n)]).toEqual([1n << 63n, 1n << 9n])
      expect([noNewPrivs, seccomp]).toEqual([true, 'disabled'])
      expect([uid.real, uid.saved]).toEqual([100000, 100000])
    })
  }

  if (unmapped !== undefined) {
    test('in a user namespace without a map: an empty one, and the ids of the host', () => {
      expect(map(name, unmapped, 'uid').isEmpty).toBe(true)
      expect(map(name, unmapped, 'gid').toContainer(0)).toBeUndefined()
      expect(status(name, unmapped).uid.real).toBe(0)
    })
  }
})
