import { compileSeccomp, denySyscalls } from '../../lib/seccomp/index.js'

const compile = (profile: unknown, arch: unknown = 'x64') => compileSeccomp(profile as object, arch as 'x64')
const base = { defaultAction: 'SCMP_ACT_ALLOW' }
const entry = { names: ['read'], action: 'SCMP_ACT_ERRNO' }
const withEntry = (more: object) => ({ ...base, syscalls: [entry, { ...entry, ...more }] })
const arg = { index: 0, value: 1, op: 'SCMP_CMP_EQ' }
const withArg = (more: object) => withEntry({ args: [arg, { ...arg, ...more }] })

it('the architecture has to be said', () => {
  const compile = (arch: unknown) => compileSeccomp({ defaultAction: 'SCMP_ACT_ALLOW' }, arch as 'x64')
  expect(() => compile(undefined)).toThrow('arch: expected one of x64, arm64, as process.arch has it')
  expect(() => compile('amd64')).toThrow("arch: 'amd64' is not known; did you mean x64?")
})

describe('a profile is refused', () => {
  it.each<[unknown, string]>([
    [null, 'seccomp: expected an object, got null'],
    [[], 'seccomp: expected an object, got an array'],
    [{}, 'defaultAction: undefined is not known; expected one of SCMP_ACT_KILL, '],
    [
      { defaultAction: 'SCMP_ACT_ALOW' },
      "defaultAction: 'SCMP_ACT_ALOW' is not known; did you mean SCMP_ACT_ALLOW?",
    ],
    [{ defaultAction: 'SCMP_ACT_NOTIFY' }, 'defaultAction: SCMP_ACT_NOTIFY is not supported'],
    [{ defaultAction: 'toString' }, "defaultAction: 'toString' is not known"],
    [{ ...base, defaultErrnoRet: 1 }, 'defaultErrnoRet: SCMP_ACT_ALLOW takes none'],
    [{ ...base, syscals: [] }, "seccomp: unknown key 'syscals'; did you mean 'syscalls'?"],
    [{ ...base, syscalls: {} }, 'syscalls: expected an array, got an object'],
    [{ ...base, listenerPath: '/run/agent.sock' }, 'listenerPath: requires SCMP_ACT_NOTIFY'],
    [{ ...base, archMap: [] }, "archMap: this is a profile in Docker's own format"],
    [
      { ...base, architectures: ['SCMP_ARCH_S390X'] },
      "architectures[0]: cannot compile for 'SCMP_ARCH_S390X'; expected",
    ],
    [
      { ...base, flags: ['SECCOMP_FILTER_FLAG_TSINC'] },
      "flags[0]: 'SECCOMP_FILTER_FLAG_TSINC' is not known; did you",
    ],
    [
      { ...base, flags: ['SECCOMP_FILTER_FLAG_LOG', 'SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV'] },
      'flags[1]: SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV requires SCMP_ACT_NOTIFY',
    ],
    [withEntry({ names: [] }), 'syscalls[1].names: expected at least one name'],
    [withEntry({ names: ['read', 7] }), 'syscalls[1].names[1]: expected a name, got 7'],
    [
      withEntry({ names: ['read', 'opne'] }),
      "syscalls[1].names[1]: unknown system call 'opne'; did you mean 'open'?",
    ],
    [withEntry({ action: 'ERRNO' }), "syscalls[1].action: 'ERRNO' is not known"],
    [withEntry({ action: 'SCMP_ACT_NOTIFY' }), 'syscalls[1].action: SCMP_ACT_NOTIFY is not supported'],
    [withEntry({ action: 'SCMP_ACT_KILL', errnoRet: 1 }), 'syscalls[1].errnoRet: SCMP_ACT_KILL takes none'],
    [withEntry({ errnoRet: '1' }), "syscalls[1].errnoRet: expected a number, got '1'"],
    [withEntry({ includes: { arches: ['arm64'] } }), "syscalls[1]: unknown key 'includes'"],
    [
      withArg({ op: 'SCMP_CMP_EG' }),
      "syscalls[1].args[1].op: 'SCMP_CMP_EG' is not known; did you mean SCMP_CMP_EQ?",
    ],
    [
      withArg({ value: undefined }),
      'syscalls[1].args[1].value: expected a number, a bigint or a decimal string',
    ],
    [
      withArg({ value: '0x10' }),
      "syscalls[1].args[1].value: expected a number, a bigint or a decimal string, got '0x10'",
    ],
    [withArg({ mask: 1 }), "syscalls[1].args[1]: unknown key 'mask'"],
  ])('%j: %s', (profile, message) => {
    expect(() => compile(profile)).toThrow(TypeError)
    expect(() => compile(profile)).toThrow(message)
  })

  it.each<[object, string]>([
    [
      { ...base, defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 4096 },
      'defaultErrnoRet: expected an integer from 0 to 4095',
    ],
    [withEntry({ errnoRet: -1 }), 'syscalls[1].errnoRet: expected an integer from 0 to 4095, got -1'],
    [
      withEntry({ action: 'SCMP_ACT_TRACE', errnoRet: 65536 }),
      'syscalls[1].errnoRet: expected an integer from 0 to 65535',
    ],
    [withArg({ index: 6 }), 'syscalls[1].args[1].index: expected an integer from 0 to 5, got 6'],
    [withArg({ value: -1 }), 'syscalls[1].args[1].value: -1 is not a value of 64 unsigned bits'],
    [withArg({ value: 1.5 }), 'syscalls[1].args[1].value: 1.5 is not an integer'],
    [withArg({ value: 2 ** 53 }), 'syscalls[1].args[1].value: 9007199254740992 is not exact above 2^53 - 1'],
    [
      withArg({ valueTwo: '18446744073709551616' }),
      'syscalls[1].args[1].valueTwo: 18446744073709551616 is not a value',
    ],
  ])('%j: %s', (profile, message) => {
    expect(() => compile(profile)).toThrow(RangeError)
    expect(() => compile(profile)).toThrow(message)
  })

  it('when its program would be longer than the kernel takes', () => {
    const args = (value: number) => [{ ...arg, value }]
    const syscalls = Array.from({ length: 1200 }, (_, value) => ({ ...entry, args: args(value) }))
    expect(() => compile({ ...base, syscalls })).toThrow(
      /^the profile compiles to \d+ instructions; the kernel takes 4096$/,
    )
  })

  it('for an architecture that there is no compiler for', () => {
    expect(() => compile(base, 'ia32')).toThrow("arch: 'ia32' is not known; expected one of x64, arm64")
  })
})

describe('a profile is taken', () => {
  it('as JSON gives it, with null for what is absent', () => {
    const json =
      '{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":null,"architectures":null,"listenerPath":null,' +
      '"syscalls":[{"names":["read"],"action":"SCMP_ACT_ALLOW","errnoRet":null,"args":null}]}'
    const plain = {
      defaultAction: 'SCMP_ACT_ERRNO',
      syscalls: [{ names: ['read'], action: 'SCMP_ACT_ALLOW', args: [] }],
    }
    expect(compile(JSON.parse(json))).toEqual(compile(plain))
  })

  it('with values as numbers, bigints and decimal strings alike', () => {
    const [number, bigint, text] = [5, 5n, '5'].map((value) => compile(withArg({ value, index: 1 })))
    expect(bigint).toEqual(number)
    expect(text).toEqual(number)
  })

  it('with names that only other architectures have, whose rules are left out', () => {
    const names = ['socketcall', 'chown32', 'read', 's390_sthyi']
    expect(compile(withEntry({ names }))).toEqual(compile(withEntry({})))
    expect(compile(withEntry({ names: ['read', 'open', 'arch_prctl'] }), 'arm64')).toEqual(
      compile(withEntry({}), 'arm64'),
    )
  })

  it('with its flags as seccomp(2) takes them', () => {
    expect(compile(base).flags).toBe(0)
    const flags = ['SECCOMP_FILTER_FLAG_TSYNC', 'SECCOMP_FILTER_FLAG_LOG', 'SECCOMP_FILTER_FLAG_SPEC_ALLOW']
    expect(compile({ ...base, flags }).flags).toBe(2 | 4)
  })
})

describe('denySyscalls()', () => {
  it('is a profile that denies these calls, by EPERM if nothing else is said', () => {
    const denied = { names: ['mount', 'ptrace'], action: 'SCMP_ACT_ERRNO' }
    expect(denySyscalls(denied.names)).toEqual({ ...base, syscalls: [{ ...denied, errnoRet: 1 }] })
    expect(denySyscalls(denied.names, 38)).toEqual({ ...base, syscalls: [{ ...denied, errnoRet: 38 }] })
  })

  it('denies nothing for no names', () => {
    expect(compile(denySyscalls([]))).toEqual(compile(base))
  })
})
