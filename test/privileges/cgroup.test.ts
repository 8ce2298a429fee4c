import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SpawnOptions, spawn, spawnSync } from '../../lib/index'
import { shell } from '../support/inside'
import { expectNothingLeft } from '../support/leftovers'
import { describeWith } from '../support/needs'
import { nodeCommand } from '../support/node-script'
import { type Outcome, outcome } from '../support/outcome'
import { until } from '../support/wait'

/** Where cgroup v2 is mounted, and version 1, if it is. */
function mountOf(type: string): string | undefined {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  return lines.find((line) => line.includes(` - ${type} `))?.split(' ')[4]
}
const V2 = mountOf('cgroup2') ?? '/sys/fs/cgroup'

async function failure(cgroup: string): Promise<NonNullable<Outcome['error']>> {
  await outcome(spawn('true'))
  let failed: Outcome | undefined
  await expectNothingLeft(async () => {
    failed = await outcome(spawn('true', { cgroup }))
  })
  expect(failed?.events).toEqual(['error', 'close'])
  return failed!.error!
}

describeWith(['root', 'cgroup2', 'userns'], 'a cgroup', () => {
  let parent: string
  let leaf: string
  let name: string
  beforeEach(() => {
    parent = mkdtempSync(join(V2, 'nskit-test-'))
    leaf = join(parent, 'leaf')
    mkdirSync(leaf)
    name = leaf.slice(V2.length)
  })
  // Fails where anything is left in them.
  afterEach(async () => {
    for (const folder of [leaf, parent]) await until(() => isRemoved(folder), `${folder} to be empty`)
  })

  const own = (text: string) => text.split('\n').find((line) => line.startsWith('0::'))

  test.each<[string, SpawnOptions]>([
    ['without namespaces', {}],
    ['under init', { unshare: ['user', 'pid', 'mnt'] }],
    ['as another user', { uid: 1234, gid: 1234 }],
    [
      'under ids that could not enter it',
      { unshare: ['user'], uidMap: [{ containerID: 0, hostID: 5000, size: 1 }] },
    ],
  ])('is where the command starts, %s', async (_, options) => {
    const cgroup = leaf
    expect(own(await shell('cat /proc/self/cgroup', { ...options, cgroup }))).toBe(`0::${name}`)
    expect(own(String(spawnSync('cat', ['/proc/self/cgroup'], { ...options, cgroup }).stdout))).toBe(
      `0::${name}`,
    )
  })

  test('is the root of a cgroup namespace that is made with it', async () => {
    const text = await shell('cat /proc/self/cgroup', { unshare: ['user', 'cgroup'], cgroup: leaf })
    expect(own(text)).toBe('0::/')
  })

  test('has the init in it as well', async () => {
    await using child = spawn('cat', { unshare: ['user', 'pid', 'mnt'], cgroup: leaf })
    await child.spawned
    const inside = () => readFileSync(join(leaf, 'cgroup.procs'), 'utf8').trim().split('\n').map(Number)
    await until(() => inside().length === 2, 'the init and its command')
    expect(inside()).toContain(child.pid)
  })

  test('that takes no processes is refused: a child of a threaded one', async () => {
    writeFileSync(join(leaf, 'cgroup.type'), 'threaded')
    const invalid = join(leaf, 'invalid')
    mkdirSync(invalid)
    const error = await failure(invalid)
    rmdirSync(invalid)
    expect(error).toMatchObject({
      step: 'enter-cgroup',
      code: 'ENOTSUP',
      syscall: 'write',
      target: invalid,
      hint: expect.stringContaining('use a leaf'),
    })
  })

  test('is entered by the stage itself where clone3(2) cannot start it there', async () => {
    const [node, args] = nodeCommand(
      ({ nskit, say }, { leaf }) => {
        const { stdout, error } = nskit.spawnSync('cat', ['/proc/self/cgroup'], { cgroup: leaf })
        say(error?.message ?? /0::.*/.exec(String(stdout))?.[0])
      },
      { leaf },
    )
    // As a kernel before 5.7, or the filter of an older container engine.
    const clone3 = { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: constants.errno.ENOSYS }
    const seccomp = { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [clone3] }
    const { stdout, stderr } = await outcome(spawn(node, args, { seccomp }))
    expect([stdout, stderr]).toEqual([`"0::${name}"\n`, ''])
  })

  test('that is delegated is open to a user who is inside the delegation', async () => {
    const from = join(parent, 'from')
    mkdirSync(from)
    const files = [parent, leaf, from].flatMap((folder) => [folder, join(folder, 'cgroup.procs')])
    for (const file of files) chownSync(file, 1234, 1234)
    const [node, args] = nodeCommand(
      ({ nskit, say, fs }, { leaf }) => {
        say(
          nskit
            .spawnSync('cat', ['/proc/self/cgroup'], { cgroup: leaf })
            .stdout.toString()
            .match(/0::.*/)?.[0],
        )
        say(fs.readFileSync('/proc/self/cgroup', 'utf8').match(/0::.*/)?.[0])
      },
      { leaf },
    )
    const child = spawn(node, args, { uid: 1234, gid: 1234, cgroup: from })
    const { stdout, stderr } = await outcome(child)
    rmdirSync(from)
    expect(stderr).toBe('')
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([`0::${name}`, `0::${from.slice(V2.length)}`])
  })
})

function isRemoved(folder: string): boolean {
  try {
    rmdirSync(folder)
    return true
  } catch {
    return false
  }
}

describe('what is no cgroup', () => {
  test('another directory is refused', async () => {
    expect(await failure(tmpdir())).toMatchObject({
      step: 'enter-cgroup',
      code: 'EINVAL',
      target: tmpdir(),
      hint: expect.stringContaining('cgroup v2'),
    })
  })

  test('one of version 1 is refused: it is one hierarchy of many', async () => {
    const old = mountOf('cgroup')
    // Where there is none, a file stands for what is no directory of a hierarchy.
    expect((await failure(old ?? '/etc/passwd')).code).toBe(old === undefined ? 'ENOTDIR' : 'EINVAL')
  })

  test('a missing one', async () => {
    expect(await failure('/no/such/cgroup')).toMatchObject({ step: 'enter-cgroup', code: 'ENOENT' })
  })

  test('a file', async () => {
    expect(await failure('/etc/passwd')).toMatchObject({ step: 'enter-cgroup', code: 'ENOTDIR' })
  })
})

describeWith(['ordinary', 'cgroup2'], 'a cgroup that is not the caller’s', () => {
  test('is refused, with what to do', async () => {
    expect(await failure(V2)).toMatchObject({
      step: 'enter-cgroup',
      code: 'EACCES',
      target: V2,
      hint: expect.stringContaining('delegated'),
    })
  })
})
