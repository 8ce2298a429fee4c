import { compile } from '../../lib/plan/compile'
import { encode } from '../../lib/plan/encode'
import type { PlanStep } from '../../lib/plan/steps'
import { parseCall, validate } from '../../lib/plan/validate'
import type { Mount } from '../../lib/spawn/mount'
import type { SpawnOptions } from '../../lib/spawn/options'
import { user } from '../support/callers'

const SANDBOX = ['user', 'pid', 'mnt'] as const
const bind = (source: string, destination = source): Mount => ({ type: 'bind', source, destination })
const tmpfs = (destination: string): Mount => ({ type: 'tmpfs', destination })

function steps(options: SpawnOptions): readonly PlanStep[] {
  return compile(validate(parseCall('/bin/true', [], { unshare: SANDBOX, ...options })), [], user).plan.steps
}

/** Those between the private propagation and the init, short: the op, and what it is about. Sources come before the fork. */
function view(options: SpawnOptions): string[] {
  const all = steps(options)
  const indexOf = (op: PlanStep['op']): number => all.findIndex((step) => step.op === op)
  const sources = all.slice(indexOf('Mount') + 1, indexOf('Fork'))
  return [...sources, ...all.slice(indexOf('Fork') + 1, indexOf('StartInit'))].map(text)
}

function text(step: PlanStep): string {
  switch (step.op) {
    case 'Mount':
      return `${step.op} ${step.fstype} ${step.target}`
    case 'MountAt':
      return `${step.op} ${step.fstype} ${step.target}${step.mayCreate ? ' +' : ''}`
    case 'OpenTree':
      return `${step.op} ${step.slot} ${step.source}${step.recursive ? ' R' : ''}`
    case 'AttachTree':
      return `${step.op} ${step.slot} ${step.destination}${step.mayCreate ? ' +' : ''}`
    case 'WriteFile':
      return `${step.op} ${step.destination}${step.mayCreate ? ' +' : ''}`
    case 'SetAttributes':
      return `${step.op} ${step.destination}${step.recursive ? ' R' : ''}${step.bindSelf ? ' self' : ''}`
    case 'MaskPath':
    case 'MakeSymlink':
      return `${step.op} ${step.destination}`
    case 'NewRoot':
      return `${step.op} ${step.kind} ${step.source}`
    default:
      return step.op
  }
}

describe('the order in which a view is made', () => {
  test('without an option about files there is the fresh /proc alone', () => {
    expect(view({})).toEqual(['Mount proc /proc'])
    expect(view({ proc: false })).toEqual([])
    expect(view({ root: 'host', mounts: [], maskedPaths: [], rootReadonly: false })).toEqual([
      'Mount proc /proc',
    ])
  })

  test('an empty root: sources first, mount points made, read-only last of all', () => {
    const options: SpawnOptions = {
      root: 'empty',
      rootReadonly: true,
      mounts: [bind('/usr'), tmpfs('/tmp'), { type: 'symlink', target: 'usr/bin', destination: '/bin' }],
      maskedPaths: ['/usr/secret'],
      readonlyPaths: ['/usr/lib'],
    }
    expect(view(options)).toEqual([
      'OpenTree 0 /usr R',
      'NewRoot tmpfs mode=0755',
      'MountAt proc /proc +',
      'AttachTree 0 /usr +',
      'MountAt tmpfs /tmp +',
      'MakeSymlink /bin',
      'MaskPath /usr/secret',
      'SetAttributes /usr/lib R self',
      'SetAttributes /',
      'PivotRoot',
    ])
  })

  test('a root directory: read-only before what mounts adds to it; nothing is made in it', () => {
    expect(view({ root: '/srv/root/', rootReadonly: true, mounts: [bind('/usr'), tmpfs('/tmp')] })).toEqual([
      'OpenTree 0 /usr R',
      'NewRoot directory /srv/root',
      'SetAttributes / R',
      'MountAt proc /proc',
      'AttachTree 0 /usr',
      'MountAt tmpfs /tmp',
      'PivotRoot',
    ])
  })

  test('the host: no pivot, and the working directory again by its name', () => {
    const options: SpawnOptions = { rootReadonly: true, mounts: [bind('/usr', '/mnt')] }
    expect(view(options)).toEqual([
      'OpenTree 0 /usr R',
      'SetAttributes / R',
      'Mount proc /proc',
      'AttachTree 0 /mnt',
    ])
    const directories = (more: SpawnOptions) =>
      steps({ ...options, ...more }).flatMap((step) => (step.op === 'ChangeDirectory' ? [step.path] : []))
    expect(directories({})).toEqual([process.cwd()])
    expect(directories({ cwd: '/mnt' })).toEqual(['/mnt'])
    expect(directories({ mounts: [] })).toEqual([])
    expect(directories({ root: 'empty' })).toEqual([])
    // Without an init a process stays behind that must not keep the old working directory.
    expect(directories({ root: 'empty', init: false })).toEqual(['/'])
  })

  test("proc: 'host' binds it into another root, and is the one that there is in the host's", () => {
    expect(view({ root: 'empty', proc: 'host' })).toEqual([
      'OpenTree 0 /proc R',
      'NewRoot tmpfs mode=0755',
      'AttachTree 0 /proc +',
      'PivotRoot',
    ])
    expect(view({ proc: 'host' })).toEqual([])
  })

  test('a mount at /proc takes the place of the default', () => {
    const mounts: Mount[] = [{ type: 'proc', destination: '/proc/' }]
    expect(view({ root: 'empty', mounts })).toEqual([
      'NewRoot tmpfs mode=0755',
      'MountAt proc /proc +',
      'PivotRoot',
    ])
  })

  test('idmapped sources are opened before the user namespace, one namespace for all with the same maps', () => {
    const map = [{ containerID: 0, hostID: 1, size: 1 }]
    const other = [{ containerID: 0, hostID: 2, size: 1 }]
    const mapped = (source: string, uid: typeof map): Mount =>
      ({ ...bind(source), idMap: { uid, gid: map } }) as Mount
    const all = steps({ mounts: [mapped('/a', map), mapped('/b', map), mapped('/c', other), bind('/d')] })
    const before = all
      .slice(
        0,
        all.findIndex(({ op }) => op === 'Unshare'),
      )
      .map(text)
    expect(before.filter((each) => !/Proc/.test(each))).toEqual([
      'MakeUserNamespace',
      'OpenTree 0 /a R',
      'OpenTree 1 /b R',
      'MakeUserNamespace',
      'OpenTree 2 /c R',
    ])
    expect(all.map(text)).toEqual(
      expect.arrayContaining(['OpenTree 3 /d R', 'AttachTree 0 /a', 'AttachTree 3 /d']),
    )
  })

  test('dev is a tmpfs with devices of the host, and what programs look for beside them', () => {
    const [open, rest] = [0, 1].map((part) =>
      view({ root: 'empty', proc: false, mounts: [{ type: 'dev', destination: '/dev' }] }).filter(
        (each) => each.startsWith('OpenTree') === (part === 0),
      ),
    ) as [string[], string[]]
    expect(open).toHaveLength(6)
    expect(rest.slice(1, 3)).toEqual(['MountAt tmpfs /dev +', 'AttachTree 0 /dev/null +'])
    expect(rest).toEqual(expect.arrayContaining(['MountAt devpts /dev/pts +', 'MakeSymlink /dev/ptmx']))
  })
})

describe('where something may be made', () => {
  test.each<[string, SpawnOptions['root'], Mount[], boolean]>([
    ['on the host', 'host', [], false],
    ['in an empty root', 'empty', [], true],
    ['in a root directory', '/srv/root', [], false],
    ['in a tmpfs on the host', 'host', [tmpfs('/a')], true],
    ['beside a tmpfs whose name it begins with', 'host', [tmpfs('/a/bb')], false],
    ['in a bind of an empty root', 'empty', [bind('/srv', '/a')], false],
    ['in a tmpfs of that bind', 'empty', [bind('/srv', '/a'), tmpfs('/a/b')], true],
    ['in a bind over that tmpfs', 'empty', [tmpfs('/a/b'), bind('/srv', '/a/b')], false],
    ['in a tmpfs over a bind', 'host', [bind('/srv', '/a/b'), tmpfs('/a/b')], true],
    ['in a dev', 'host', [{ type: 'dev', destination: '/a' }], true],
    ['in an overlay', 'empty', [{ type: 'overlay', destination: '/a', lower: ['/x', '/y'] }], false],
  ])('%s', (_, root, mounts, mayCreate) => {
    const last = steps({ root, mounts: [...mounts, tmpfs('/a/b/c')] }).findLast(
      (step) => step.op === 'MountAt',
    )
    expect(last).toMatchObject({ target: '/a/b/c', mayCreate })
    const link = () =>
      steps({ root, mounts: [...mounts, { type: 'symlink', target: 'x', destination: '/a/b/c' }] })
    if (mayCreate) expect(link).not.toThrow()
    else expect(link).toThrow(TypeError)
  })
})

describe('the options of file systems', () => {
  const optionsOf = (mount: Mount, more: SpawnOptions = {}) =>
    steps({ root: 'empty', proc: false, mounts: [mount], ...more }).flatMap((step) =>
      step.op === 'MountAt' ? [step.options] : [],
    )[0]

  test.each<[Mount, string]>([
    [tmpfs('/t'), 'mode=1777'],
    [{ type: 'tmpfs', destination: '/t', size: 4096, mode: 0o70 }, 'mode=0070,size=4096'],
    [{ type: 'sysfs', destination: '/t' }, ''],
    [
      { type: 'overlay', destination: '/t', lower: ['/a,b', '/c:d'], upper: '/e\\f', work: '/w' },
      'lowerdir=/a\\,b:/c\\:d,upperdir=/e\\\\f,workdir=/w,userxattr',
    ],
  ])('%o: %s', (mount, expected) => {
    expect(optionsOf(mount, { unshare: [...SANDBOX, 'net'] })).toBe(expected)
  })

  test('an overlay of the host’s root keeps to trusted attributes', () => {
    const mount: Mount = { type: 'overlay', destination: '/t', lower: ['/a', '/b'] }
    expect(optionsOf(mount, { unshare: ['mnt'] })).toBe('lowerdir=/a:/b')
  })
})

describe('what is refused before anything runs', () => {
  const refused = (options: object): string => {
    try {
      steps(options as SpawnOptions)
    } catch (error) {
      return String(error)
    }
    throw new Error('not refused')
  }
  const mount = (each: object) => ({ root: 'empty', mounts: [{ destination: '/x', ...each }] })

  test.each<[string, object, RegExp]>([
    [
      'mounts in the caller’s namespace',
      { unshare: [], mounts: [tmpfs('/x')] },
      /^TypeError: mounts requires unshare: 'mnt'/,
    ],
    ['a root there', { unshare: ['pid'], root: 'empty' }, /root requires unshare: 'mnt'/],
    ['rootReadonly there', { unshare: [], rootReadonly: true }, /rootReadonly requires unshare: 'mnt'/],
    ['maskedPaths there', { unshare: [], maskedPaths: ['/x'] }, /maskedPaths requires unshare: 'mnt'/],
    ['readonlyPaths there', { unshare: [], readonlyPaths: ['/x'] }, /readonlyPaths requires unshare: 'mnt'/],
    [
      'a joined mount namespace',
      { unshare: [], join: [{ pid: 1, types: ['mnt'] }], mounts: [tmpfs('/x')] },
      /requires unshare/,
    ],
    ['proc without a pid namespace', { unshare: ['mnt'], proc: true }, /proc requires unshare: 'pid'/],
    ['a proc of neither kind', { proc: 'old' }, /proc must be a boolean/],
    ['a misspelt root', { root: 'hots' }, /root must be 'host', 'empty' or a path/],
    ['a root that is none', { root: 7 }, /root must be a string/],
    ['an unknown type', mount({ type: 'tempfs' }), /mounts\[0\]\.type must be one of 'bind'.*not 'tempfs'/],
    ['an entry that is none', { mounts: ['/x'] }, /mounts\[0\] must be an object/],
    ['a hole in the list', { mounts: new Array(2) }, /mounts\[0\] must be an object, not undefined/],
    ['a hole in the masks', { maskedPaths: new Array(1) }, /maskedPaths\[0\] must be a string/],
    [
      'an unknown key',
      mount({ type: 'tmpfs', sise: 1 }),
      /unknown option 'mounts\[0\]\.sise' of type 'tmpfs'; did you mean 'size'/,
    ],
    [
      'docker’s word for a destination',
      { unshare: ['user', 'mnt'], mounts: [{ type: 'bind', source: '/usr', target: '/usr' }] },
      /unknown option 'mounts\[0\]\.target' of type 'bind'; did you mean 'destination'\?/,
    ],
    [
      'a bind’s word for a target',
      mount({ type: 'symlink', source: '/usr' }),
      /unknown option 'mounts\[0\]\.source' of type 'symlink'; did you mean 'target'\?/,
    ],
    [
      'a key like no other',
      mount({ type: 'dev', options: [] }),
      /unknown option 'mounts\[0\]\.options' of type 'dev'; it has type, destination/,
    ],
    ['a key of another type', mount({ type: 'tmpfs', nosuid: true }), /unknown option 'mounts\[0\]\.nosuid'/],
    [
      'a relative destination',
      mount({ type: 'tmpfs', destination: 'x' }),
      /destination must be an absolute path/,
    ],
    [
      'a destination with ..',
      mount({ type: 'tmpfs', destination: '/a/../x' }),
      /destination must be a path without '\.\.'/,
    ],
    ['the root for a destination', mount({ type: 'tmpfs', destination: '//.' }), /is the option root/],
    ['a NUL in it', mount({ type: 'tmpfs', destination: '/a\0b' }), /NUL/],
    ['no source', mount({ type: 'bind' }), /mounts\[0\]\.source must be a string/],
    ['an empty source', mount({ type: 'bind', source: '' }), /source must be a non-empty string/],
    [
      'readonly that is none',
      mount({ type: 'bind', source: '/x', readonly: 'yes' }),
      /readonly must be a boolean/,
    ],
    ['no size at all', mount({ type: 'tmpfs', size: 0 }), /size must be an integer from 1/],
    [
      'a wide mode',
      mount({ type: 'file', content: '', mode: 0o4755 }),
      /mode must be an integer from 0 to 511/,
    ],
    ['content that is none', mount({ type: 'file', content: 5 }), /content must be a string or a Uint8Array/],
    [
      'too much content',
      mount({ type: 'file', content: Buffer.alloc(9 << 20) }),
      /^RangeError: mounts: content/,
    ],
    ['sysfs without net', mount({ type: 'sysfs' }), /type 'sysfs' requires unshare: 'net'/],
    ['mqueue without ipc', mount({ type: 'mqueue' }), /requires unshare: 'ipc'/],
    ['cgroup2 without cgroup', mount({ type: 'cgroup2' }), /requires unshare: 'cgroup'/],
    [
      'upper without work',
      mount({ type: 'overlay', lower: ['/a'], upper: '/u' }),
      /upper and work require each other/,
    ],
    ['one layer alone', mount({ type: 'overlay', lower: ['/a'] }), /lower must be at least 2 paths/],
    [
      'more layers than a page',
      mount({ type: 'overlay', lower: Array(50).fill(`/${'x'.repeat(100)}`) }),
      /^RangeError/,
    ],
    [
      'half an idMap',
      mount({ type: 'bind', source: '/x', idMap: { uid: 'root' } }),
      /idMap\.gid must be a map/,
    ],
    ['a relative masked path', { maskedPaths: ['x'] }, /maskedPaths\[0\] must be an absolute path/],
  ])('%s', (_, options, message) => {
    expect(refused(options)).toMatch(message)
  })

  test('more than a plan holds', () => {
    expect(refused({ mounts: Array(256).fill(bind('/x')) })).toMatch(
      /^RangeError: mounts must be at most 256/,
    )
    const paths = Array(1024).fill('/x')
    expect(() => encode({ steps: steps({ maskedPaths: paths }), followsParent: true })).toThrow(
      expect.objectContaining({ code: 'E2BIG' }),
    )
  })

  test('what another namespace provides may be joined as well', () => {
    const join = [{ pid: 1, types: ['net'] }] as const
    expect(() =>
      steps({ join, root: 'empty', mounts: [{ type: 'sysfs', destination: '/sys' }] }),
    ).not.toThrow()
  })
})
