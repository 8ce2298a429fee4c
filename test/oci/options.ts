/** Options that spawn takes, of all kinds that have a form in OCI. */

import fc from 'fast-check'
import type { CapabilityName, Mount, NamespaceType, SpawnOptions } from '../../lib/index'
import { CAPABILITIES } from '../../lib/status/capabilities'
import { NAMESPACE_TYPES } from '../../lib/tables/namespaces'
import { RLIMITS } from '../../lib/tables/rlimits'

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/)
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`)
const id = fc.integer({ min: 0, max: 0xffff_fffe })
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined })

const map = fc
  .tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 0, max: 1000 }))
  .map(([size, hostID]) => [
    { containerID: 0, hostID, size },
    { containerID: 70_000, hostID: 200_000 + hostID, size: 65_536 },
  ])

const bind: fc.Arbitrary<Mount> = fc.record({
  type: fc.constant('bind' as const),
  source: path,
  destination: path,
  readonly: fc.boolean(),
  recursive: fc.boolean(),
  nosuid: fc.boolean(),
  nodev: fc.boolean(),
  noexec: fc.boolean(),
})
const tmpfs = fc.record(
  {
    type: fc.constant('tmpfs' as const),
    destination: path,
    size: fc.integer({ min: 1, max: 2 ** 40 }),
    mode: fc.integer({ min: 0, max: 0o7777 }),
    readonly: fc.boolean(),
    noexec: fc.boolean(),
  },
  { requiredKeys: ['type', 'destination'] },
)
/** Layers whose names have what separates layers and options. */
const layer = fc.stringMatching(/^\/[a-z:,\\]{1,8}$/).filter((text) => !/^\/\.*$/.test(text))
const overlay = fc.record({
  type: fc.constant('overlay' as const),
  destination: path,
  lower: fc.array(layer, { minLength: 2, maxLength: 3 }),
})

function kernelMounts(unshare: readonly NamespaceType[]): fc.Arbitrary<Mount> {
  const types = (
    [
      ['proc', 'pid'],
      ['sysfs', 'net'],
      ['mqueue', 'ipc'],
      ['cgroup2', 'cgroup'],
      ['devpts', undefined],
    ] as const
  ).flatMap(([type, needed]) => (needed === undefined || unshare.includes(needed) ? [type] : []))
  return fc.record({ type: fc.constantFrom(...types), destination: path, readonly: fc.boolean() })
}

const capabilities = fc.oneof(
  fc.constantFrom('keep' as const, 'none' as const),
  fc.subarray(CAPABILITIES as readonly CapabilityName[] as CapabilityName[]),
)

const limit = fc.oneof(fc.nat(), fc.constant(Number.POSITIVE_INFINITY))
const rlimits = fc.dictionary(fc.constantFrom(...Object.keys(RLIMITS)), limit)

const seccomp = fc.record({
  defaultAction: fc.constantFrom('SCMP_ACT_ALLOW' as const, 'SCMP_ACT_LOG' as const),
  syscalls: fc.constant([
    {
      names: ['mkdir', 'personality'],
      action: 'SCMP_ACT_ERRNO' as const,
      args: [{ index: 0, value: '18446744073709551615', op: 'SCMP_CMP_EQ' as const }],
    },
  ]),
})

/** `types`: those that may be unshared. */
export function spawnOptions(types: readonly NamespaceType[] = NAMESPACE_TYPES): fc.Arbitrary<SpawnOptions> {
  return fc.subarray([...types]).chain((unshare) => {
    const has = (type: NamespaceType) => unshare.includes(type)
    const when = <T>(type: NamespaceType, arbitrary: fc.Arbitrary<T>) =>
      has(type) ? optional(arbitrary) : fc.constant(undefined)
    return fc
      .record({
        unshare: fc.constant(unshare),
        uidMap: when('user', map),
        gidMap: when('user', map),
        uid: has('user') ? fc.constant(0) : id,
        gid: has('user') ? fc.constant(0) : id,
        groups: optional(fc.array(id, { maxLength: 3 })),
        hostname: when('uts', name),
        domainname: when('uts', name),
        timeOffsets: when('time', fc.record({ monotonic: fc.integer(), boottime: fc.integer() })),
        root: has('mnt') ? fc.constantFrom('host', 'empty', '/srv/image') : fc.constant('host'),
        rootReadonly: when('mnt', fc.boolean()),
        mounts: when(
          'mnt',
          fc.array(fc.oneof(bind, tmpfs, overlay, kernelMounts(unshare)), { maxLength: 5 }),
        ),
        maskedPaths: when('mnt', fc.uniqueArray(path, { maxLength: 3 })),
        readonlyPaths: when('mnt', fc.uniqueArray(path, { maxLength: 3 })),
        capabilities,
        noNewPrivileges: optional(fc.boolean()),
        rlimits: optional(rlimits),
        seccomp: optional(seccomp),
        cwd: optional(path),
        env: fc.dictionary(
          fc.stringMatching(/^[A-Z_]{1,8}$/),
          fc.string().filter((text) => !text.includes('\0')),
        ),
        name: optional(fc.string({ minLength: 1 }).filter((text) => !text.includes('\0'))),
        detached: optional(fc.boolean()),
        timeout: optional(fc.nat(1000)),
      })
      .map((options) =>
        Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
      )
  })
}
