import { parseCall, validate } from '../../lib/plan/validate'

function refused(options: object, command: unknown = 'true', args: unknown = []): string {
  try {
    validate(parseCall(command, args, options))
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`
  }
  return 'accepted'
}

describe('what is refused before anything runs', () => {
  test.each<[string, object, RegExp]>([
    [
      'an unknown option, with the nearest known one',
      { unshar: ['user'] },
      /^TypeError: unknown option 'unshar'; did you mean 'unshare'\?/,
    ],
    [
      'an option that is only inherited',
      Object.create({ aditSession: true }),
      /^TypeError: unknown option 'aditS/,
    ],
    ['another’s word for it', { dir: '/' }, /^TypeError: unknown option 'dir'; did you mean 'cwd'\?/],
    [
      'a word for what is in a list',
      { network: false },
      /^TypeError: unknown option 'network'; did you mean 'unshare'\?/,
    ],
    ['three letters that are like three others', { dur: 1 }, /^TypeError: unknown option 'dur'$/],
    [
      'a misspelt member of a map, with its place',
      { unshare: ['user'], gidMap: [{ containerId: 0, hostID: 5, size: 1 }] },
      /^TypeError: gidMap\[0\]\.containerID must be a number, not undefined; \{ containerID, hostID, size \} is expected, not 'containerId'$/,
    ],
    [
      'an id in a map that is none, with its place',
      { unshare: ['user'], uidMap: [{ containerID: 0, hostID: -5, size: 1 }] },
      /^RangeError: uidMap\[0\]\.hostID/,
    ],
    ['a shell', { shell: true }, /^TypeError: there is no shell option/],
    [
      'an unknown namespace type',
      { unshare: ['mount'] },
      /^TypeError: unshare\[0\] must be one of 'user', .*not 'mount'; did you mean/,
    ],
    ['a hostname without uts', { hostname: 'x' }, /^TypeError: hostname requires unshare: 'uts'/],
    ['a domainname without uts', { domainname: 'x' }, /^TypeError: domainname requires unshare: 'uts'/],
    ['time offsets without time', { timeOffsets: {} }, /^TypeError: timeOffsets requires unshare: 'time'/],
    [
      'proc without its namespaces',
      { proc: true, unshare: ['mnt'] },
      /^TypeError: proc requires unshare: 'pid'/,
    ],
    ['init without pid', { init: true }, /^TypeError: init requires unshare: 'pid'/],
    ['loopback without net', { loopback: true }, /^TypeError: loopback requires unshare: 'net'/],
    ['a map without user', { uidMap: 'root' }, /^TypeError: uidMap requires unshare: 'user'/],
    ['an empty map', { unshare: ['user'], uidMap: [] }, /^RangeError: uidMap must have at least one entry/],
    ['a word that is no map', { unshare: ['user'], uidMap: 'rooot' }, /^TypeError: uidMap must be/],
    [
      'a map that overlaps',
      {
        unshare: ['user'],
        gidMap: [
          { containerID: 0, hostID: 5, size: 2 },
          { containerID: 1, hostID: 9, size: 2 },
        ],
      },
      /^RangeError/,
    ],
    [
      'a number that the kernel would wrap',
      { unshare: ['user'], uidMap: [{ containerID: 4294967296, hostID: 0, size: 1 }] },
      /^RangeError/,
    ],
    ['the invalid id', { uid: 4294967295 }, /^RangeError: uid must be an integer from 0 to 4294967294/],
    ['a fraction', { gid: 1.5 }, /^RangeError: gid/],
    ['a negative group', { groups: [-1] }, /^RangeError: groups\[0\]/],
    [
      'a long hostname',
      { unshare: ['uts'], hostname: 'ö'.repeat(33) },
      /^RangeError: hostname must be at most 64 bytes/,
    ],
    ['an unknown signal', { killSignal: 'SIGNOPE' }, /^RangeError: killSignal must be a known signal/],
    ['a negative timeout', { timeout: -1 }, /^RangeError: timeout/],
    ['a signal that is none', { signal: 5 }, /^TypeError: signal must be an AbortSignal/],
    ['a stdio that is none', { stdio: ['pip'] }, /^TypeError: stdio\[0\] must be/],
    [
      'a stream without descriptor',
      { stdio: [{}] },
      /^TypeError: stdio\[0\] must be a stream with an underlying descriptor/,
    ],
    [
      'an fd that stdio sets',
      { fds: { 1: 5 } },
      /^TypeError: fds: 1 must be a descriptor that stdio does not set/,
    ],
    ['an fd that is none', { fds: { x: 5 } }, /^RangeError: fds: the descriptor in the child, 'x'/],
    ['a NUL in cwd', { cwd: 'a\0b' }, /^TypeError: cwd must be a string without NUL/],
    ['join of nothing', { join: [{}] }, /^TypeError: join\[0\] must be a Namespace or/],
    [
      'join of no types',
      { join: [{ pid: 1, types: [] }] },
      /^TypeError: join\[0\].types must be at least one/,
    ],
    ['join of pid 0', { join: [{ pid: 0, types: ['net'] }] }, /^RangeError: join\[0\].pid/],
    [
      'join of one type twice',
      {
        join: [
          { pid: 1, types: ['net'] },
          { pid: 2, types: ['net'] },
        ],
      },
      /^TypeError: join: 'net' is joined twice/,
    ],
    [
      'join and unshare of pid',
      { join: [{ pid: 1, types: ['pid'] }], unshare: ['pid'] },
      /^TypeError: unshare: 'pid' cannot be combined/,
    ],
    ['another root', { root: '/srv' }, /^TypeError: root requires unshare: 'mnt'/],
    [
      'a wide time offset',
      { unshare: ['time'], timeOffsets: { boottime: 1e18 } },
      /^RangeError: timeOffsets.boottime/,
    ],
    [
      'an unknown clock',
      { unshare: ['time'], timeOffsets: { realtime: 1 } },
      /^TypeError: unknown option 'timeOffsets.realtime'/,
    ],
    ['a boolean that is none', { detached: 1 }, /^TypeError: detached must be a boolean/],
  ])('%s', (_, options, message) => {
    expect(refused(options)).toMatch(message)
  })

  test('arguments and commands that are none', () => {
    expect(refused({}, '')).toMatch(/^TypeError: command must be a non-empty string/)
    expect(refused({}, 5)).toMatch(/^TypeError: command must be a string/)
    expect(refused({}, 'a\0b')).toMatch(/without NUL/)
    expect(refused({}, 'true', ['a', {}])).toMatch(/^TypeError: args\[1\] must be a string/)
    expect(refused({}, 'true', 'x')).toMatch(/^TypeError: args must be an array/)
  })
})

describe('what is filled in', () => {
  const settle = (options: object) => validate(parseCall('true', options))

  test('what child_process takes and what says nothing here is taken', () => {
    const nulls = {
      cwd: null,
      env: null,
      uid: null,
      detached: null,
      argv0: null,
      timeout: null,
      killSignal: null,
    }
    expect(settle({ ...nulls, shell: false, windowsHide: true })).toEqual(settle({}))
    expect(validate(parseCall('true', [5])).command.argv).toEqual(['true', '5'])
  })

  test('undefined is as if it were left out', () => {
    expect(settle({ hostname: undefined, proc: undefined, uidMap: undefined })).toEqual(settle({}))
  })

  test('init, proc and loopback follow from the namespaces', () => {
    expect(settle({ unshare: ['user', 'pid', 'mnt', 'net'] })).toMatchObject({
      namespaces: { init: true, loopback: true },
      filesystem: { proc: 'fresh' },
    })
    expect(settle({ unshare: ['user', 'mnt'] })).toMatchObject({
      namespaces: { init: false, loopback: false },
      filesystem: { proc: 'none' },
    })
  })

  test('a detached command outlives its parent', () => {
    expect(settle({ detached: true }).namespaces.dieWithParent).toBe(false)
    expect(settle({}).namespaces.dieWithParent).toBe(true)
  })

  test('stdio has three entries at least; beyond them, null is ignore', () => {
    expect(settle({ stdio: ['inherit', null, undefined, null, 'pipe'] }).process.stdio).toEqual([
      { fd: 0 },
      'pipe',
      'pipe',
      'ignore',
      'pipe',
    ])
    expect(settle({ stdio: 'ignore' }).process.stdio).toEqual(['ignore', 'ignore', 'ignore'])
  })
})
