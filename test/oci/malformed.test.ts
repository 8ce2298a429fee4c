/** A configuration that somebody else wrote, with each of its parts replaced by what does not belong there. */

import { fromOciSpec, type OciRefusalError, readStatus } from '../../lib/index'

const IDS = [{ containerID: 0, hostID: 100_000, size: 65_536 }]

/** Has all that is read. */
const WHOLE = {
  ociVersion: '1.1.0',
  process: {
    terminal: false,
    user: { uid: 1, gid: 2, umask: readStatus('self').umask, additionalGids: [3] },
    args: ['/bin/true', 'x'],
    env: ['PATH=/bin'],
    cwd: '/',
    capabilities: {
      bounding: ['CAP_KILL'],
      effective: ['CAP_KILL'],
      permitted: ['CAP_KILL'],
      inheritable: ['CAP_KILL'],
      ambient: ['CAP_KILL'],
    },
    rlimits: [{ type: 'RLIMIT_NOFILE', soft: 1, hard: 2 }],
    noNewPrivileges: true,
  },
  root: { path: 'rootfs', readonly: true },
  hostname: 'box',
  domainname: 'example.org',
  mounts: [
    { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid'] },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['mode=755', 'size=65536k'] },
    { destination: '/dev/pts', type: 'devpts', options: ['newinstance', 'ptmxmode=0666', 'mode=0620'] },
    { destination: '/t', type: 'tmpfs', options: ['size=64m', 'mode=0700'] },
    {
      destination: '/b',
      type: 'bind',
      source: '/b',
      options: ['rbind', 'ro'],
      uidMappings: IDS,
      gidMappings: IDS,
    },
    { destination: '/o', type: 'overlay', options: ['lowerdir=/a:/b', 'upperdir=/u', 'workdir=/w'] },
  ],
  linux: {
    namespaces: ['mount', 'pid', 'user', 'uts', 'time'].map((type): object => ({ type })),
    uidMappings: IDS,
    gidMappings: IDS,
    timeOffsets: { monotonic: { secs: 1, nanosecs: 2 }, boottime: { secs: 3, nanosecs: 4 } },
    resources: {},
    sysctl: {},
    seccomp: {
      defaultAction: 'SCMP_ACT_ALLOW',
      architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_AARCH64'],
      flags: [],
      syscalls: [
        {
          names: ['mkdir', 'personality'],
          action: 'SCMP_ACT_ERRNO',
          errnoRet: 1,
          args: [{ index: 0, value: 1, valueTwo: 1, op: 'SCMP_CMP_MASKED_EQ' }],
        },
      ],
    },
    devices: [{ path: '/dev/null', type: 'c', major: 1, minor: 3, fileMode: 438, uid: 0, gid: 0 }],
    maskedPaths: ['/proc/kcore'],
    readonlyPaths: ['/proc/bus'],
    rootfsPropagation: 'private',
  },
  annotations: { 'io.nskit.name': 'web', other: 'x' },
}

const STRANGE: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 1e300, 2 ** 64, '', 'x', '\0', '__proto__', 'constructor', '/../..'],
  ...[
    [],
    {},
    [null],
    [[]],
    ['toString'],
    JSON.parse('{"__proto__": {"type": "x"}, "toString": 1, "valueOf": 1}'),
  ],
  JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)),
]

type Path = ReadonlyArray<string | number>

function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value)
  return [path, ...keys.flatMap((key) => pathsIn((value as never)[key], [...path, key]))]
}

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>
  copy[key] = replaced(copy[key], rest, by)
  return copy
}

const named = (path: Path): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '')

/** undefined where it is taken, else the places that are refused. */
function refusedIn(spec: unknown): string[] | undefined {
  try {
    fromOciSpec(spec)
    return undefined
  } catch (error) {
    const { code, refused } = error as OciRefusalError
    if (code !== 'ERR_NSKIT_OCI_REFUSED') throw error
    return refused.map(({ path }) => path)
  }
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value)

/** As Go's decoder leaves a field as it was. */
const saysNothing = (value: unknown, depth = 0): boolean =>
  value === null ||
  value === '' ||
  (typeof value === 'object' &&
    depth < 5 &&
    Object.values(value).every((each) => saysNothing(each, depth + 1)))

it('as it is, it is taken', () => {
  expect(refusedIn(WHOLE)).toBeUndefined()
})

describe('is refused near its path, or is of the kind that belongs there', () => {
  it.each(pathsIn(WHOLE).map((path): [string, Path] => [named(path), path]))('%s', (name, path) => {
    const old = path.reduce<unknown>((value, key) => (value as never)[key], WHOLE)
    const around = named(path.slice(0, 2))
    for (const strange of STRANGE) {
      const refused = refusedIn(replaced(WHOLE, path, strange))
      if (refused === undefined)
        expect(saysNothing(strange) ? kindOf(old) : kindOf(strange)).toBe(kindOf(old))
      // A neighbour may be what is too much now.
      else expect(refused.filter((each) => each.startsWith(around) || name.startsWith(each))).not.toEqual([])
    }
  })
})
