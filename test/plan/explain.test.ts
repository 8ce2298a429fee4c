import { explain } from '../../lib/plan/explain'

describe('explain', () => {
  test('names the steps with their values, one for each namespace, and runs nothing', () => {
    const steps = explain('/no/such/program', ['x'], {
      unshare: ['user', 'uts', 'pid', 'mnt'],
      hostname: 'box',
      cwd: '/srv',
      uidMap: 'self',
    })
    const uid = process.geteuid?.()
    expect(steps).toEqual(
      expect.arrayContaining([
        { step: 'create-user', detail: 'new user namespace (Linux 3.8)' },
        { step: 'write-uid-map', detail: `uid_map: ${uid} ${uid} 1` },
        { step: 'create-uts', detail: expect.any(String) },
        { step: 'create-pid', detail: expect.any(String) },
        { step: 'set-hostname', detail: 'box' },
        { step: 'mount-proc', detail: 'proc on /proc' },
        { step: 'change-directory', detail: '/srv' },
        { step: 'move-descriptors', detail: '0←pipe 1←pipe 2←pipe' },
        { step: 'exec', detail: '/no/such/program: ["/no/such/program","x"]' },
      ]),
    )
    expect(steps.at(-1)?.step).toBe('exec')
  })

  test('false removes the step', () => {
    const names = explain('true', {
      unshare: ['user', 'pid', 'mnt', 'net'],
      proc: false,
      loopback: false,
    }).map(({ step }) => step)
    expect(names).not.toContain('mount-proc')
    expect(names).not.toContain('bring-up-loopback')
  })

  test('a long map is shortened', () => {
    const uidMap = Array.from({ length: 100 }, (_, i) => ({
      containerID: i * 2,
      hostID: 1000 + i * 2,
      size: 1,
    }))
    const all = explain('true', { unshare: ['user'], uidMap })
    expect(all.find(({ step }) => step === 'write-uid-map')?.detail.length).toBeLessThan(1000)
  })

  test('throws what spawn throws', () => {
    expect(() => explain('true', { hostname: 'x' })).toThrow("hostname requires unshare: 'uts'")
  })
})
