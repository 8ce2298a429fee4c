import { probe, probeSync, spawnSync } from '../../lib/index'
import { NAMESPACE_TYPES } from '../../lib/tables/namespaces'
import { expectNothingLeft } from '../support/leftovers'
import { mode } from '../support/modes'
import { describeWith, itWith } from '../support/needs'

describeWith('userns', 'a host that allows it', () => {
  it.each(NAMESPACE_TYPES.filter((type) => type !== 'user'))(
    'says so of %s with a user namespace',
    async (type) => {
      const expected = { ok: true, namespaces: ['user', type], durationMs: expect.any(Number) }
      expect(probeSync({ namespaces: [type, 'user'] })).toMatchObject(expected)
      expect(await probe({ namespaces: ['user', type] })).toMatchObject(expected)
    },
  )

  it('says so of all together, in use', async () => {
    const found = await probe({ namespaces: NAMESPACE_TYPES })
    expect(found).toMatchObject({ ok: true, namespaces: [...NAMESPACE_TYPES] })
    expect(found.command).toBe(
      'unshare --user --map-root-user --mount --uts --ipc --cgroup --net --pid --time --fork --mount-proc true',
    )
  })

  it('agrees with spawn', () => {
    const { error, status } = spawnSync('true', { unshare: NAMESPACE_TYPES })
    expect({ ok: probeSync({ namespaces: NAMESPACE_TYPES }).ok, error, status }).toEqual({
      ok: true,
      error: undefined,
      status: 0,
    })
  })

  it('asks for a user namespace alone by default', () => {
    expect(probeSync()).toMatchObject({
      ok: true,
      namespaces: ['user'],
      command: 'unshare --user --map-root-user true',
    })
  })

  it('writes the maps that are asked', () => {
    expect(probeSync({ uidMap: 'self' }).command).toBe('unshare --user --map-current-user true')
    expect(probeSync({ uidMap: 'self' }).ok).toBe(true)
  })

  it('gives the same answer 50 times at once', async () => {
    const found = await Promise.all(
      Array.from({ length: 50 }, () => probe({ namespaces: ['user', 'mnt', 'net', 'pid'] })),
    )
    expect(new Set(found.map(({ ok, command }) => `${ok} ${command}`)).size).toBe(1)
    expect(found[0]?.ok).toBe(true)
  })

  it('leaves nothing behind, 1,000 times', async () => {
    const namespaces = ['user', 'mnt', 'pid'] as const
    await probe({ namespaces })
    await expectNothingLeft(async () => {
      for (let i = 0; i < 500; i++) {
        if (!probeSync({ namespaces }).ok || !(await probe({ namespaces })).ok)
          throw new Error(`denied at ${i}`)
      }
    })
  })

  it("changes nothing of the caller's own", () => {
    const hostname = (): string => spawnSync('hostname', { encoding: 'utf8' }).stdout as string
    const before = hostname()
    expect(probeSync({ namespaces: ['user', 'uts', 'mnt'] }).ok).toBe(true)
    expect(hostname()).toBe(before)
  })
})

describe('without a user namespace', () => {
  const OTHERS = NAMESPACE_TYPES.filter((type) => type !== 'user')

  itWith('admin', 'whoever has the capabilities may', () => {
    expect(OTHERS.map((type) => probeSync({ namespaces: [type] }).ok)).toEqual(OTHERS.map(() => true))
  })

  describeWith('ordinary', 'an ordinary user may not', () => {
    it.each(OTHERS)('%s: the missing capability is the cause, for certain', (type) => {
      expect(probeSync({ namespaces: [type] })).toMatchObject({
        ok: false,
        kind: type,
        step: `create-${type}`,
        code: 'EPERM',
        errno: -1,
        syscall: 'unshare',
        cause: 'missing-capability',
        confidence: 'certain',
        reason: 'unshare: unshare failed: Operation not permitted',
      })
    })

    itWith('userns', 'and the first remedy is what helps', () => {
      const { ok } = probeSync({ namespaces: ['user', 'net'] })
      const denied = probeSync({ namespaces: ['net'] })
      expect({ ok, remedy: denied.ok ? undefined : denied.remedies[0]?.title }).toEqual({
        ok: true,
        remedy: expect.stringContaining("'user'"),
      })
    })
  })
})

describeWith('userns', 'ids that may not be mapped', () => {
  const foreign = [{ containerID: 0, hostID: mode === 'root' ? 4_000_000_000 : 3_000_000_000, size: 1 }]

  itWith('ordinary', 'are refused at their step', () => {
    expect(probeSync({ uidMap: foreign, gidMap: foreign })).toMatchObject({
      ok: false,
      kind: 'user',
      step: 'write-uid-map',
    })
  })

  itWith('nested', 'are not there to be mapped', () => {
    expect(probeSync({ uidMap: foreign, gidMap: foreign })).toMatchObject({
      ok: false,
      step: 'write-uid-map',
      code: 'EPERM',
      cause: 'unmapped-ids',
    })
  })
})

describe('options', () => {
  it.each([
    [{ namespaces: [] }, /at least one/],
    [{ namespaces: ['network'] }, /did you mean|namespaces\[0\]/],
    [{ use: ['proc'] }, /requires 'pid' and 'mnt'/],
    [{ use: ['disk'] }, /use\[0\]/],
    [{ timeout: 0 }, /timeout/],
    [{ timeot: 5 }, /did you mean/],
  ])('%j is refused before anything runs', async (options, message) => {
    expect(() => probeSync(options as never)).toThrow(message)
    await expect(probe(options as never)).rejects.toThrow(message)
  })
})
