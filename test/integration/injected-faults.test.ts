import type { SpawnOptions } from '../../lib/index'
import { place } from '../support/inside'
import { mode } from '../support/modes'
import { describeWith, itWith } from '../support/needs'
import { runScript } from '../support/node-script'
import { refusing } from '../support/refusing'

interface Case {
  /** strace's injection: which system call is refused, and how. */
  inject: string
  /** Only calls on this path. */
  path?: string
  options: SpawnOptions
  expected: Record<string, unknown>
  /** No command before it, whose calls would count. */
  cold?: true
}

const { uid, gid } = place()
const SIX = ['user', 'pid', 'mnt', 'ipc', 'uts', 'cgroup'] as const
const START = mode === 'root' ? 100_000 : 1000
const WIDE = [{ containerID: 0, hostID: START, size: 1000 }]

/** Every system call of the set-up that can be refused, and that no real condition refuses on every host. */
const CASES: Case[] = [
  {
    inject: 'socketpair:error=EMFILE',
    options: {},
    expected: { step: 'launch', code: 'EMFILE' },
  },
  {
    inject: 'memfd_create:error=ENFILE:when=2+',
    options: {},
    expected: { step: 'launch', code: 'ENFILE' },
  },
  {
    inject: 'clone:error=EAGAIN',
    options: {},
    expected: {
      step: 'launch',
      code: 'EAGAIN',
      syscall: 'clone',
      hint: expect.stringContaining('limit on processes'),
    },
  },
  {
    inject: 'openat:error=EACCES',
    path: '/proc/self',
    options: { unshare: SIX },
    expected: { step: 'open-proc', code: 'EACCES', syscall: 'open' },
  },
  {
    // What an init may it gives up when the command runs: one that cannot takes the command with it.
    inject: 'capset:error=EPERM',
    options: { unshare: SIX },
    expected: { step: 'start-init', code: 'EPERM', syscall: 'clone' },
  },
  {
    inject: 'unshare:error=EPERM',
    options: { unshare: SIX },
    expected: {
      step: 'create-user',
      code: 'EPERM',
      target: 'user namespace',
      hint: expect.stringContaining('seccomp'),
    },
  },
  {
    inject: 'unshare:error=EPERM:when=2+',
    options: { unshare: SIX },
    expected: {
      step: 'create-mnt',
      code: 'EPERM',
      target: 'mnt namespace',
      hint: expect.stringContaining('AppArmor'),
    },
  },
  {
    inject: 'openat:error=EACCES',
    path: 'setgroups',
    options: { unshare: SIX, setgroups: 'deny' },
    expected: { step: 'write-setgroups', code: 'EACCES', target: '/proc/self/setgroups: deny' },
  },
  {
    inject: 'openat:error=EACCES',
    path: 'uid_map',
    options: { unshare: SIX },
    expected: { step: 'write-uid-map', code: 'EACCES', target: `/proc/self/uid_map: 0 ${uid} 1` },
  },
  {
    inject: 'openat:error=EPERM',
    path: 'gid_map',
    options: { unshare: SIX },
    expected: { step: 'write-gid-map', code: 'EPERM', target: `/proc/self/gid_map: 0 ${gid} 1` },
  },
  {
    inject: 'openat:error=EACCES',
    path: 'timens_offsets',
    options: { unshare: ['user', 'time'], timeOffsets: { boottime: 1000 } },
    expected: { step: 'write-time-offsets', code: 'EACCES', hint: expect.stringContaining('CAP_SYS_TIME') },
  },
  {
    inject: 'sethostname:error=EPERM',
    options: { unshare: SIX, hostname: 'box' },
    expected: { step: 'set-hostname', code: 'EPERM', target: 'box' },
  },
  {
    inject: 'setdomainname:error=EPERM',
    options: { unshare: SIX, domainname: 'box.org' },
    expected: { step: 'set-domainname', code: 'EPERM', target: 'box.org' },
  },
  {
    inject: 'socket:error=EACCES',
    options: { unshare: ['user', 'net'] },
    expected: { step: 'bring-up-loopback', code: 'EACCES', target: 'lo' },
  },
  {
    inject: 'mount:error=EACCES',
    path: '/',
    options: { unshare: SIX },
    expected: {
      step: 'set-propagation',
      code: 'EACCES',
      target: '/',
      hint: expect.stringContaining('CAP_SYS_ADMIN'),
    },
  },
  {
    inject: 'mount:error=EPERM',
    path: '/proc',
    options: { unshare: SIX },
    expected: {
      step: 'mount-proc',
      code: 'EPERM',
      target: '/proc',
      hint: expect.stringContaining('masks paths'),
    },
  },
  {
    inject: 'setsid:error=EACCES',
    options: { unshare: SIX, detached: true, dieWithParent: true },
    expected: { step: 'new-session', code: 'EACCES', syscall: 'setsid' },
  },
  {
    inject: 'chdir:error=ESTALE',
    options: { unshare: SIX, cwd: '/usr' },
    expected: { step: 'change-directory', code: 'ESTALE', target: '/usr' },
  },
  {
    inject: 'setresgid:error=EAGAIN',
    options: { unshare: SIX, gid: 0 },
    expected: { step: 'set-gid', code: 'EAGAIN', target: '0' },
  },
  {
    inject: 'setresuid:error=EAGAIN',
    options: { unshare: SIX, uid: 0 },
    expected: { step: 'set-uid', code: 'EAGAIN', target: '0' },
  },
  {
    inject: 'dup3:error=EMFILE',
    options: { unshare: SIX },
    expected: { step: 'move-descriptors', code: 'EMFILE', syscall: 'dup2' },
  },
]

/** With a helper that stays outside of the new user namespace. */
const ROOT_CASES: Case[] = [
  {
    // Node's first is the launch; the stage's first is the helper.
    inject: 'clone:error=EAGAIN:when=2',
    cold: true,
    options: { unshare: SIX, uidMap: WIDE, gidMap: WIDE },
    expected: { step: 'fork', code: 'EAGAIN', syscall: 'clone' },
  },
  {
    inject: 'setgroups:error=EPERM',
    options: { unshare: SIX, uidMap: WIDE, gidMap: WIDE },
    expected: { step: 'set-groups', code: 'EPERM', target: 'none' },
  },
  {
    inject: 'openat:error=EPERM',
    path: 'uid_map',
    options: { unshare: SIX, uidMap: WIDE, gidMap: WIDE },
    expected: { step: 'write-uid-map', code: 'EPERM', target: `/proc/self/uid_map: 0 ${START} 1000` },
  },
]

async function run({ inject, path, options, cold }: Case): Promise<unknown> {
  const [said] = await runScript(
    async ({ nskit, say, warmUp, inventory, settled }, { options, cold }) => {
      if (!cold) await warmUp()
      const before = inventory()
      // The stage's image, which Node keeps.
      if (cold) before.descriptors++
      const child = nskit.spawn('true', { ...options, stdio: 'ignore' })
      child.on('spawn', () => say('it ran'))
      child.on('error', async (error) => say({ ...error, clean: await settled(before) }))
    },
    { options, cold },
    { through: refusing(inject, path) },
  )
  return said
}

describeWith(['strace', 'userns'], 'a system call that is refused', () => {
  test.each(
    CASES.map((each) => [`${each.inject.replace(/:when=.*/, '')} ${each.path ?? ''}`, each] as const),
  )('%s', async (_, each) => {
    expect(await run(each)).toMatchObject({ ...each.expected, clean: true })
  })
})

describeWith(['strace', 'userns', 'admin'], 'a system call that is refused to root', () => {
  test.each(
    ROOT_CASES.map((each) => [`${each.inject.replace(/:when=.*/, '')} ${each.path ?? ''}`, each] as const),
  )('%s', async (_, each) => {
    expect(await run(each)).toMatchObject({ ...each.expected, clean: true })
  })
})

itWith(['strace', 'userns'], 'setns that is refused', async () => {
  const [said] = await runScript(
    async ({ nskit, say }) => {
      const there = nskit.spawn('sleep', ['600'], { unshare: ['user', 'net'], stdio: 'ignore' })
      await there.spawned
      const join = [{ pid: there.pid ?? 0, types: ['user', 'net'] as const }]
      const child = nskit.spawn('true', { join, stdio: 'ignore' })
      child.on('error', (error) => say(error))
      await child.exited.catch(() => {})
      await there[Symbol.asyncDispose]()
    },
    undefined,
    { through: refusing('setns:error=EPERM') },
  )
  expect(said).toMatchObject({ step: 'join-user', code: 'EPERM', syscall: 'setns' })
})
