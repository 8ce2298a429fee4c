import { parseCall, validate } from '../../lib/plan/validate'
import type { SpawnOptions } from '../../lib/spawn/options'

function accepted(options: object) {
  return validate(parseCall('true', [], options as SpawnOptions)).privileges
}
function refused(options: object): string {
  try {
    accepted(options)
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`
  }
  return 'accepted'
}

test.each<[string, object, RegExp]>([
  [
    'a word that is no set of capabilities',
    { capabilities: 'all' },
    /^TypeError: capabilities must be 'keep', 'none', an array of names or an object of five sets, not 'all'/,
  ],
  [
    'a sixth set of capabilities',
    { capabilities: { bound: [] } },
    /^TypeError: unknown option 'capabilities\.bound'/,
  ],
  [
    'an unknown capability in a set',
    { capabilities: { bounding: ['CAP_KILL', 'CAP_X'] } },
    /^TypeError: capabilities\.bounding\[1\]: unknown capability 'CAP_X'/,
  ],
  [
    'what is effective, and not permitted',
    { capabilities: { effective: ['CAP_KILL'] } },
    /^TypeError: capabilities\.effective has CAP_KILL, which capabilities\.permitted lacks/,
  ],
  [
    'what is ambient, and not inheritable',
    { capabilities: { permitted: ['CAP_KILL'], ambient: ['CAP_KILL'] } },
    /^TypeError: capabilities\.ambient has CAP_KILL, which capabilities\.inheritable lacks/,
  ],
  [
    'an unknown capability, with the nearest known one',
    { capabilities: ['CAP_KILL', 'CAP_NET_ADMN'] },
    /^TypeError: capabilities\[1\]: unknown capability 'CAP_NET_ADMN'; did you mean 'CAP_NET_ADMIN'\?/,
  ],
  [
    'a capability without its prefix',
    { capabilities: ['SYS_ADMIN'] },
    /unknown capability 'SYS_ADMIN'; did you mean 'CAP_SYS_ADMIN'\?/,
  ],
  ['a capability by its number', { capabilities: [7] }, /^TypeError: capabilities\[0\] must be a string/],
  ['a word for noNewPrivileges', { noNewPrivileges: 'yes' }, /^TypeError: noNewPrivileges must be a boolean/],
  [
    'an unknown limit, with the nearest known one',
    { rlimits: { RLIMIT_NOFILES: 1 } },
    /^TypeError: rlimits\.RLIMIT_NOFILES: unknown limit; did you mean 'RLIMIT_NOFILE'\?/,
  ],
  [
    'an unknown short one',
    { rlimits: { nofle: 1 } },
    /rlimits\.nofle: unknown limit; did you mean 'RLIMIT_NOFILE'\?/,
  ],
  ["the name of an object's own", { rlimits: { constructor: 1 } }, /rlimits\.constructor: unknown limit/],
  [
    'a limit like no other',
    { rlimits: { RLIMIT_FOO: 1 } },
    /^TypeError: rlimits\.RLIMIT_FOO: unknown limit; there are RLIMIT_CPU, .*RLIMIT_RTTIME/,
  ],
  [
    'a limit given twice',
    { rlimits: { nofile: 1, RLIMIT_NOFILE: 2 } },
    /^TypeError: rlimits: RLIMIT_NOFILE is given twice/,
  ],
  [
    'soft above hard',
    { rlimits: { nofile: { soft: 3, hard: 2 } } },
    /^RangeError: rlimits.nofile.soft must be at most its hard limit, 2, not 3/,
  ],
  ['half a limit', { rlimits: { nofile: { soft: 3 } } }, /^TypeError: rlimits.nofile.hard must be a number/],
  [
    'more than a limit',
    { rlimits: { nofile: { soft: 3, hard: 3, max: 3 } } },
    /unknown option 'rlimits.nofile.max'/,
  ],
  ['a negative limit', { rlimits: { core: -1 } }, /^RangeError: rlimits.core.soft must be an integer from 0/],
  ['a limit that is no number', { rlimits: { core: '1' } }, /^TypeError: rlimits.core must be a number or/],
  ['limits that are a list', { rlimits: [] }, /^TypeError: rlimits must be an object/],
  [
    'a program that is none',
    { seccomp: new Uint8Array(7) },
    /^RangeError: seccomp: expected 1 to 4096 instructions/,
  ],
  ['a filter that is neither', { seccomp: 'strict' }, /^TypeError: seccomp must be an object/],
  [
    'a profile with an unknown call',
    {
      seccomp: {
        defaultAction: 'SCMP_ACT_ALLOW',
        syscalls: [{ names: ['mkdirr'], action: 'SCMP_ACT_ERRNO' }],
      },
    },
    /mkdirr/,
  ],
  ['an empty cgroup', { cgroup: '' }, /^TypeError: cgroup must be a non-empty string/],
  [
    'a keyring that is none',
    { sessionKeyring: 'own' },
    /^TypeError: sessionKeyring must be 'inherit' or 'new'/,
  ],
])('%s is refused', (_, options, message) => {
  expect(refused(options)).toMatch(message)
})

test('nothing asked for is nothing done', () => {
  expect(accepted({})).toEqual({
    auditSession: false,
    capabilities: undefined,
    noNewPrivileges: false,
    rlimits: [],
    seccomp: undefined,
    cgroup: undefined,
    newKeyring: false,
  })
})

test('a list without entries is none', () => {
  expect(accepted({ capabilities: [] })).toEqual(accepted({ capabilities: 'none' }))
})

test('short names and Infinity', () => {
  expect(accepted({ rlimits: { as: Number.POSITIVE_INFINITY, RLIMIT_CPU: 5 } }).rlimits).toEqual([
    { name: 'RLIMIT_AS', resource: 9, soft: 2n ** 64n - 1n, hard: 2n ** 64n - 1n },
    { name: 'RLIMIT_CPU', resource: 0, soft: 5n, hard: 5n },
  ])
})
