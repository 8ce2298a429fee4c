import { formatDenial } from '../../lib/probe/format-denial'
import { remediesFor } from '../../lib/probe/remedies'
import type { FailedStep, ProbeDenial } from '../../lib/probe/types'
import { apparmor, FILTERED, host, status, ubuntu } from './host'

function failed(step: FailedStep['step'], code: string, more: Partial<FailedStep> = {}): FailedStep {
  return { step, code, syscall: 'unshare', namespaces: ['user', 'net'], ...more }
}

describe('AppArmor', () => {
  it("restriction: a profile for this program's path first, the switch last", () => {
    const facts = host({ files: ubuntu(), folders: { '/etc/apparmor.d/abi': ['3.0', '4.0', 'kernel-5.4'] } })
    const remedies = remediesFor('apparmor', failed('write-setgroups', 'EACCES'), facts)
    expect(remedies[0]!.file).toEqual({
      path: '/etc/apparmor.d/usr.bin.node',
      content: `abi <abi/4.0>,
include <tunables/global>

profile usr.bin.node /usr/bin/node flags=(unconfined) {
  userns,

  include if exists <local/usr.bin.node>
}
`,
    })
    expect(remedies[0]!.commands).toEqual(['apparmor_parser -r /etc/apparmor.d/usr.bin.node'])
    const last = remedies.at(-1)!
    expect(last).toMatchObject({
      scope: 'host',
      commands: ['sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'],
    })
    expect(last.tradeoff).toMatch(/every program/i)
  })

  it.each([
    [['3.0'], '4.0'],
    [['3.0', '4.0', '5.0'], '5.0'],
  ])('abi of %j', (abis, abi) => {
    const facts = host({ files: ubuntu(), folders: { '/etc/apparmor.d/abi': abis } })
    const [remedy] = remediesFor('apparmor', failed('write-uid-map', 'EPERM'), facts)
    expect(remedy!.file!.content).toContain(`abi <abi/${abi}>,`)
  })

  it("another program's path, quoted where it has a space", () => {
    const program = '/opt/My App/chrome'
    const [remedy] = remediesFor(
      'apparmor',
      failed('create-user', 'EPERM', { program }),
      host({ files: ubuntu() }),
    )
    expect(remedy!.file!.path).toBe('/etc/apparmor.d/opt.My.App.chrome')
    expect(remedy!.file!.content).toContain('profile opt.My.App.chrome "/opt/My App/chrome" flags')
  })

  it.each([
    ['create-user', 'EACCES', 'userns,\n'],
    ['bring-up-loopback', 'EPERM', 'capability net_admin,\n'],
    ['set-propagation', 'EACCES', 'mount,\numount,\n'],
    ['pivot-root', 'EACCES', 'pivot_root,\n'],
    ['write-uid-map', 'EPERM', 'capability sys_admin,\ncapability net_admin,\n'],
  ] as const)('a confined program gets what it lacked at %s, and no more', (step, code, content) => {
    const remedies = remediesFor('apparmor', failed(step, code), host({ files: apparmor('boxed (enforce)') }))
    expect(remedies[0]!.file).toEqual({ path: '/etc/apparmor.d/local/boxed', content })
    expect(remedies.every(({ scope }) => scope !== 'host')).toBe(true)
  })
})

it('helpers that write a map get what they lack under the same profile', () => {
  const failure = failed('write-uid-map', 'EPERM', { namespaces: ['user'], mapper: true })
  const [remedy] = remediesFor('apparmor', failure, host({ files: apparmor('boxed (enforce)') }))
  expect(remedy!.file!.content.trim().split('\n')).toEqual([
    'capability sys_admin,',
    'capability dac_override,',
    'capability setuid,',
    'capability setgid,',
  ])
})

it('a launcher without a path is a matter of the flag, not of namespaces', () => {
  const facts = host({ files: apparmor('boxed (enforce)') })
  const [remedy] = remediesFor('apparmor', failed('launch', 'EACCES'), facts)
  expect(remedy!.title).toContain('attach_disconnected')
  expect(remedy!.title).not.toContain('userns')
})

describe('others', () => {
  it.each([
    ['mnt', 'create-mnt'],
    ['user', 'create-user'],
  ] as const)('the limit on %s is raised to what the others have', (type, step) => {
    const facts = host({ files: { [`/proc/sys/user/max_${type}_namespaces`]: '0\n' } })
    const [remedy] = remediesFor('namespace-limit', failed(step, 'ENOSPC'), facts)
    expect(remedy!.commands).toEqual([`sysctl -w user.max_${type}_namespaces=63414`])
  })

  it('of types asked for in one call it is the limit of 0 that is raised', () => {
    const facts = host({ files: { '/proc/sys/user/max_net_namespaces': '0\n' } })
    const [remedy] = remediesFor(
      'namespace-limit',
      failed('create-user', 'ENOSPC', { together: true }),
      facts,
    )
    expect(remedy!.commands).toEqual(['sysctl -w user.max_net_namespaces=63414'])
  })

  it('a service gets the types that it asked for', () => {
    const files = {
      '/proc/self/cgroup': '0::/system.slice/agent.service\n',
      '/proc/self/status': status(FILTERED),
    }
    const [remedy] = remediesFor('seccomp', failed('create-user', 'EPERM'), host({ files }))
    expect(remedy!.file).toEqual({
      path: '/etc/systemd/system/agent.service.d/60-namespaces.conf',
      content: '[Service]\nRestrictNamespaces=user net\n',
    })
  })

  it.each([
    ['docker', { stats: { '/.dockerenv': {} } }, 'docker run --security-opt systempaths=unconfined IMAGE'],
    ['podman', { stats: { '/run/.containerenv': {} } }, "podman run --security-opt 'unmask=/proc/*' IMAGE"],
  ])('%s masks /proc by an option of its own', (_name, tree, command) => {
    const remedies = remediesFor('masked-proc', failed('mount-proc', 'EPERM'), host(tree))
    expect(remedies[0]!.title).toContain('proc: false')
    expect(remedies[1]!.commands).toEqual([command])
  })

  it('subordinate ids are granted to the user by name, of both kinds where both lack', () => {
    const facts = host({ files: { '/etc/subuid': null, '/etc/subgid': null } })
    const [grant, ...others] = remediesFor(
      'subids',
      failed('write-uid-map', 'ERR_NSKIT_NO_SUBORDINATE_IDS'),
      facts,
    )
    expect(grant!.commands).toHaveLength(4)
    expect(grant!.commands[1]).toMatch(/^usermod --add-subuids "\$\(awk .* \/etc\/subuid\)" ada$/)
    expect(grant!.commands[3]).toMatch(/--add-subgids/)
    expect(others.map(({ title }) => title)).toEqual([expect.stringMatching(/own id alone/)])
  })

  it('a map that names its ids is granted these, and only what is missing of them', () => {
    const extents = [
      { containerID: 0, hostID: 1000, size: 1 },
      { containerID: 1, hostID: 165_000, size: 1000 },
    ]
    const maps = { uid: extents, gid: extents, setgroups: 'allow' } as const
    const files = { '/etc/subgid': 'ada:165000:1000\n' }
    const [grant] = remediesFor(
      'subids',
      failed('write-uid-map', 'EPERM', { mapper: true, maps }),
      host({ files }),
    )
    expect(grant!.commands).toEqual(['touch /etc/subuid', 'usermod --add-subuids 165536-165999 ada'])
  })

  it('a read-only /proc is no matter of doing without one of its own', () => {
    const remedies = remediesFor('masked-proc', failed('write-setgroups', 'EROFS'), host())
    expect(remedies.map(({ commands }) => commands)).toEqual([['mount -o remount,bind,rw /proc']])
  })
})

describe('the note', () => {
  function denial(more: Partial<ProbeDenial> = {}): ProbeDenial {
    const failure = failed('write-uid-map', 'EPERM')
    return {
      ok: false,
      namespaces: ['user', 'net'],
      kind: 'user',
      step: 'write-uid-map',
      code: 'EPERM',
      errno: -1,
      syscall: 'write',
      reason: 'unshare: write failed /proc/self/uid_map: Operation not permitted',
      command: 'unshare --user --map-root-user --net true',
      cause: 'apparmor',
      confidence: 'certain',
      evidence: [{ source: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns', value: '1' }],
      remedies: remediesFor('apparmor', failure, host({ files: ubuntu() })),
      symptoms: [],
      durationMs: 3,
      ...more,
    }
  }

  it('says what failed, why, what users see, the scoped fix, then the fallback and the warning', () => {
    const text = formatDenial(denial(), { program: 'codex' })
    const order = [
      'This host denies user namespaces to codex.',
      '$ unshare --user --map-root-user --net true',
      'unshare: write failed /proc/self/uid_map: Operation not permitted',
      'AppArmor (certain)',
      'apparmor_restrict_unprivileged_userns: 1',
      'bwrap: setting up uid map: Permission denied',
      'userns,',
      '$ apparmor_parser -r',
      'for the whole host',
      '$ sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
      'Trade-off: Every program',
      'Do not give a container broad privileges',
    ].map((part) => text.indexOf(part))
    expect(order).not.toContain(-1)
    expect(order).toEqual([...order].sort((a, b) => a - b))
    expect(text.endsWith('\n')).toBe(true)
    expect(text).not.toMatch(/[ \t]$/m)
  })

  it('names the symptom of the network', () => {
    const text = formatDenial(denial({ kind: 'net', step: 'bring-up-loopback' }))
    expect(text).toContain('This host denies network namespaces')
    expect(text).toContain('bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted')
  })

  it('leaves out what bwrap does not meet', () => {
    expect(formatDenial(denial({ cause: 'subids' }))).not.toContain('bwrap')
  })

  it('says how sure it is', () => {
    expect(formatDenial(denial({ confidence: 'likely' }))).toContain('AppArmor (likely, not proven)')
    const unknown = formatDenial(denial({ cause: 'unknown', confidence: 'unknown', remedies: [] }))
    expect(unknown).toContain('not known (what was read does not explain it)')
    expect(unknown).not.toContain('Fix')
  })
})
