import { explain, type Mount, type SpawnOptions } from '../../lib/index'
import { describeWith } from '../support/needs'
import { empty, tries } from './view'

/** Opened for writing, and nothing written. */
const ATTACK = `for each in /proc/sys/kernel/core_pattern /proc/irq/default_smp_affinity /m/sys/kernel/core_pattern /s/kernel/profiling; do
  if test -e $each && (: >> $each) 2> /tmp/said; then echo $each; fi; done`
const mounts: Mount[] = [
  { type: 'tmpfs', destination: '/tmp' },
  { type: 'proc', destination: '/m' },
  { type: 'sysfs', destination: '/s' },
]

describeWith('root', 'files of the kernel that are root’s by its uid alone', () => {
  test.each<[string, SpawnOptions]>([
    ['with no namespace of users', { unshare: ['pid', 'mnt', 'net'] }],
    ['with one that maps uid 0', { unshare: ['user', 'pid', 'mnt', 'net'] }],
    ['the old /proc', { unshare: ['user', 'pid', 'mnt', 'net'], proc: 'host' }],
  ])('cannot be written without capabilities: %s', async (_, options) => {
    const view = empty(mounts, options)
    expect((await tries(ATTACK, view)).stdout).toContain('/proc/sys/kernel/core_pattern\n')
    expect((await tries(ATTACK, { ...view, capabilities: 'none' })).stdout).toBe('')
    expect((await tries(ATTACK, { ...view, capabilities: ['CAP_NET_ADMIN'] })).stdout).toBe('')
    // Nor by a view that a user namespace of the command's own makes of them.
    const nested = `unshare -Urmpf --mount-proc sh -c 'echo made' || unshare -Urm sh -c 'umount /proc/sys || mount -o remount,bind,rw /proc/sys; ${ATTACK.replaceAll("'", '')}'`
    expect((await tries(nested, { ...view, capabilities: 'none' })).stdout).toBe('')
  })

  test('can be mounted over, and explain() tells of it', async () => {
    const own: Mount = { type: 'bind', source: '/etc/passwd', destination: '/proc/sys/kernel/core_pattern' }
    const options = empty([...mounts, own], { unshare: ['pid', 'mnt', 'net'], capabilities: 'none' })
    expect((await tries('cat /proc/sys/kernel/core_pattern', options)).stdout).toMatch(/^root:/)
    const readonly = explain('true', options).filter(({ step }) => step === 'make-readonly')
    expect(readonly.map(({ detail }) => detail.split(' ')[0])).toEqual([
      ...['sys', 'sysrq-trigger', 'irq', 'bus'].map((name) => `/proc/${name}`),
      ...['sys', 'sysrq-trigger', 'irq', 'bus'].map((name) => `/m/${name}`),
      '/s',
    ])
  })
})

describeWith('userns', 'files of the kernel, in the view of any caller', () => {
  test('cannot be written without capabilities', async () => {
    const view = empty(mounts, { unshare: ['user', 'pid', 'mnt', 'net'] })
    expect(await tries(ATTACK, { ...view, capabilities: 'none' })).toMatchObject({ status: 0, stdout: '' })
  })
})
