import { once } from 'node:events'
import { statSync } from 'node:fs'
import { ContainerRegistry } from '../../lib/identity/index.js'
import type { NamespacedProcess } from '../../lib/spawn/namespaced-process.js'
import type { SpawnOptions } from '../../lib/spawn/options.js'
import { spawn } from '../../lib/spawn/spawn.js'
import { describeWith } from '../support/needs.js'

async function withChild(
  options: SpawnOptions,
  use: (child: NamespacedProcess) => Promise<void>,
): Promise<void> {
  const child = spawn('/bin/sleep', ['60'], { stdio: 'ignore', name: 'web', ...options })
  try {
    await use(child)
  } finally {
    await child[Symbol.asyncDispose]()
  }
}

const ownUid = process.getuid?.() ?? 0

describeWith('userns', 'a tracked child', () => {
  it('has its ids at once, and at spawn its user namespace', async () => {
    const registry = new ContainerRegistry()
    await withChild({ unshare: ['user'] }, async (child) => {
      registry.track(child)
      expect(registry.ownerOf('uid', ownUid)).toEqual({
        candidates: [{ name: 'web', containerID: 0 }],
        via: 'range',
        // What else this user does on the host has the id too.
        confidence: 'ambiguous',
      })
      await child.spawned
      await new Promise(setImmediate)
      const [json, ...others] = registry.toJSON().containers
      expect(others).toEqual([])
      expect(json?.userNamespace).toBe(String(statSync(`/proc/${child.pid}/ns/user`, { bigint: true }).ino))
    })
  })

  it('has them from before its start on, however late it is tracked', async () => {
    const before = Date.now()
    const registry = new ContainerRegistry()
    await withChild({ unshare: ['user'] }, async (child) => {
      await child.spawned
      const running = Date.now()
      registry.track(child)
      const from = Date.parse(registry.toJSON().containers[0]?.from ?? '')
      expect(from).toBeLessThanOrEqual(running)
      // /proc counts in hundredths of a second, twice, and audit's clock is a timer interrupt late.
      expect(from).toBeGreaterThan(before - 100)
      expect(registry.ownerOf('uid', ownUid, { at: new Date(running) }).candidates).toHaveLength(1)
    })
  })

  it('stays until it is removed, and keeps an end that it was given before it ran', async () => {
    const registry = new ContainerRegistry()
    await withChild({ unshare: ['user'] }, async (child) => {
      registry.track(child)
      registry.remove('web')
      await child.spawned
      await new Promise(setImmediate)
      expect(registry.toJSON().containers).toMatchObject([{ name: 'web', to: expect.any(String) }])
    })
    await withChild({ unshare: ['user'] }, async (child) => registry.track(child))
    expect(registry.ownerOf('uid', ownUid).candidates).toHaveLength(1)
    registry.remove('web')
    expect(registry.ownerOf('uid', ownUid).confidence).toBe('none')
  })

  it('that never ran drops out', async () => {
    const registry = new ContainerRegistry()
    const child = spawn('/nonexistent/command', [], { unshare: ['user'], name: 'web' })
    registry.track(child)
    expect(registry.toJSON().containers).toHaveLength(1)
    await once(child, 'error')
    await new Promise(setImmediate)
    expect(registry.toJSON().containers).toEqual([])
  })

  it('that joins a user namespace has the maps that are in force there', async () => {
    const registry = new ContainerRegistry()
    await withChild({ unshare: ['user'] }, async (first) => {
      await first.spawned
      using user = first.namespace('user')
      await withChild({ join: [user], name: 'guest' }, async (guest) => {
        registry.track(guest)
        await guest.spawned
        await new Promise(setImmediate)
        expect(registry.ownerOf('uid', ownUid).candidates).toEqual([{ name: 'guest', containerID: 0 }])
      })
    })
  })

  it('without a user namespace of its own owns no host id by range', async () => {
    const registry = new ContainerRegistry()
    await withChild({}, async (child) => {
      registry.track(child)
      await child.spawned
      expect(registry.toJSON().containers).toHaveLength(1)
      expect(registry.ownerOf('uid', ownUid).confidence).toBe('none')
    })
  })

  it('needs a name', async () => {
    const registry = new ContainerRegistry()
    await withChild({ name: undefined } as SpawnOptions, async (child) => {
      expect(() => registry.track(child)).toThrow(
        new TypeError('child.name, an option of spawn(), must be a string, not undefined'),
      )
    })
  })
})

describeWith(['userns', 'root'], 'a tracked child of root', () => {
  it.each(['root', 'self'] as const)('with the map %j has no host id for itself', async (map) => {
    const registry = new ContainerRegistry()
    await withChild({ unshare: ['user'], uidMap: map, gidMap: map }, async (child) => {
      registry.track(child)
      for (const kind of ['uid', 'gid'] as const)
        expect(registry.ownerOf(kind, 0)).toMatchObject({ via: 'range', confidence: 'ambiguous' })
    })
  })

  it('has ids that nobody else has, beside one of the caller', async () => {
    const registry = new ContainerRegistry()
    const uidMap = [
      { containerID: 0, hostID: 0, size: 1 },
      { containerID: 1, hostID: 700_000, size: 10 },
    ]
    await withChild({ unshare: ['user'], uidMap, gidMap: uidMap }, async (child) => {
      registry.track(child)
      expect(registry.ownerOf('uid', 0).confidence).toBe('ambiguous')
      expect(registry.ownerOf('uid', 700_004)).toMatchObject({
        candidates: [{ name: 'web', containerID: 5 }],
        confidence: 'exact',
      })
    })
  })
})
