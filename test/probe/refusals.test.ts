/** Each step of a probe, refused by strace where no host would: the answer names it. */

import { describeWith, itWith } from '../support/needs'
import { runScript } from '../support/node-script'
import { refusing } from '../support/refusing'

interface Case {
  inject: string
  path?: string
  namespaces: string[]
  expected: { step: string; code: string; kind: string }
}

const ALL = ['user', 'mnt', 'uts', 'net', 'pid']

const CASES: Case[] = [
  {
    inject: 'unshare:error=EPERM',
    namespaces: ['user'],
    expected: { step: 'create-user', code: 'EPERM', kind: 'user' },
  },
  {
    inject: 'unshare:error=ENOSPC:when=2',
    namespaces: ALL,
    expected: { step: 'create-mnt', code: 'ENOSPC', kind: 'mnt' },
  },
  {
    inject: 'openat:error=EACCES',
    path: 'uid_map',
    namespaces: ['user'],
    expected: { step: 'write-uid-map', code: 'EACCES', kind: 'user' },
  },
  {
    inject: 'mount:error=EACCES',
    path: '/',
    namespaces: ALL,
    expected: { step: 'set-propagation', code: 'EACCES', kind: 'mnt' },
  },
  {
    inject: 'sethostname:error=EPERM',
    namespaces: ALL,
    expected: { step: 'set-hostname', code: 'EPERM', kind: 'uts' },
  },
  {
    inject: 'sendto:error=EPERM',
    namespaces: ALL,
    expected: { step: 'add-loopback-address', code: 'EPERM', kind: 'net' },
  },
  {
    inject: 'mount:error=EPERM',
    path: '/proc',
    namespaces: ALL,
    expected: { step: 'mount-proc', code: 'EPERM', kind: 'mnt' },
  },
  {
    inject: 'mount:error=ENODEV:when=2',
    namespaces: ALL,
    expected: { step: 'mount-tmpfs', code: 'ENODEV', kind: 'mnt' },
  },
  {
    inject: 'pivot_root:error=EACCES',
    namespaces: ALL,
    expected: { step: 'pivot-root', code: 'EACCES', kind: 'mnt' },
  },
]

describeWith(['userns', 'strace'], 'a refused step is the answer', () => {
  it.each(CASES)('$expected.step: $expected.code', async ({ inject, path, namespaces, expected }) => {
    const [said] = await runScript(
      async ({ nskit, say, warmUp, inventory, settled }, namespaces) => {
        await warmUp()
        const before = inventory()
        const found = await nskit.probe({ namespaces: namespaces as never, timeout: 60_000 })
        say({ ...found, clean: await settled(before) })
      },
      namespaces,
      { through: refusing(inject, path) },
    )
    expect(said).toMatchObject({ ok: false, ...expected, clean: true })
  })

  itWith('userns', 'a step without an answer is ended with the whole probe', async () => {
    const [said] = await runScript(
      async ({ nskit, say, warmUp, inventory, settled }) => {
        await warmUp()
        const before = inventory()
        const found = await nskit.probe({ namespaces: ['user', 'mnt', 'pid'], timeout: 300 })
        const sync = nskit.probeSync({ namespaces: ['user', 'mnt', 'pid'], timeout: 300 })
        say({ found, sync, clean: await settled(before) })
      },
      undefined,
      { through: refusing('mount:signal=SIGSTOP', '/proc') },
    )
    const timeout = { ok: false, step: 'mount-proc', code: 'ETIMEDOUT', cause: 'timeout' }
    expect(said).toMatchObject({ found: timeout, sync: timeout, clean: true })
  })
})
