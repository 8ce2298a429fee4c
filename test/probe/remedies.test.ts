import { remediesFor } from '../../lib/probe/remedies'
import { failed } from './failed-step'
import { FILTERED, host, MOUNTS, status } from './host'

describe('others', () => {
  it('of too many levels name the type whose levels are used up', () => {
    const titles = (['create-user', 'create-pid'] as const).map(
      (step) => remediesFor('nesting-limit', failed(step, 'ENOSPC'), host())[0]?.title,
    )
    expect(titles).toEqual([
      expect.stringContaining('33 user namespaces inside each other'),
      expect.stringContaining('32 pid namespaces inside each other'),
    ])
  })

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
    ['create-user', 'SIGSYS', 'SystemCallFilter=unshare clone'],
    ['set-propagation', 'EPERM', 'SystemCallFilter=@mount'],
    ['set-hostname', 'EPERM', 'ProtectHostname=no'],
    ['set-hostname', 'SIGSYS', 'SystemCallFilter=sethostname'],
    ['add-loopback-address', 'EAFNOSUPPORT', 'RestrictAddressFamilies=AF_NETLINK'],
    ['add-loopback-address', 'EPERM', 'SystemCallFilter=@network-io'],
  ] as const)('a service that is refused %s with %s: %s', (step, code, line) => {
    const files = {
      '/proc/self/cgroup': '0::/system.slice/agent.service\n',
      '/proc/self/status': status(FILTERED),
    }
    const [remedy] = remediesFor('seccomp', failed(step, code), host({ files }))
    expect(remedy!.file!.content).toBe(`[Service]\n${line}\n`)
  })

  it("a user's own service is its own manager's", () => {
    const files = {
      '/proc/self/cgroup': '0::/user.slice/user-1000.slice/user@1000.service/app.slice/bot.service\n',
      '/proc/self/status': status(FILTERED),
    }
    const facts = host({ files, environment: { HOME: '/home/ada' } })
    const [remedy] = remediesFor('seccomp', failed('create-user', 'EPERM'), facts)
    expect(remedy!.file!.path).toBe('/home/ada/.config/systemd/user/bot.service.d/60-namespaces.conf')
    expect(remedy!.commands).toEqual([
      'systemctl --user daemon-reload',
      'systemctl --user restart bot.service',
    ])
  })

  it('where a program is there and lacks something, not the program is to be installed', () => {
    const text = 'bwrap: execvp /bin/true: No such file or directory'
    const failure = failed('exec', 'ENOENT', { program: '/usr/bin/bwrap', text })
    expect(remediesFor('program-missing', failure, host())).toEqual([
      { scope: 'process', title: `Give the command what it lacks: ${text}`, commands: [] },
    ])
  })

  it('a /proc with noatime may be mounted as usual, and nothing need be unmasked', () => {
    const files = { '/proc/self/mountinfo': MOUNTS.replace('/proc rw,relatime', '/proc rw,noatime') }
    const facts = host({ files, stats: { '/.dockerenv': {} } })
    const remedies = remediesFor('masked-proc', failed('mount-proc', 'EPERM'), facts)
    expect(remedies.map(({ commands }) => commands)).toEqual([
      [],
      ['mount -o remount,bind,atime,relatime /proc'],
    ])
  })

  it('a program that failed in words of its own is no matter of the log of the kernel', () => {
    const [remedy] = remediesFor('unknown', failed('exec', 'UNKNOWN', { program: '/bin/x' }), host())
    expect(remedy!.commands).toEqual([])
  })

  it('a missing /proc is to be mounted', () => {
    const [remedy] = remediesFor('masked-proc', failed('open-proc', 'ENOENT'), host())
    expect(remedy!.commands).toEqual(['mount -t proc proc /proc'])
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

  it.each([
    ['/usr/bin/newuidmap', '/usr/bin', /^Give \/usr\/bin\/newuidmap the right/],
    ['/home/ada/bin/newuidmap', '/home/ada/bin', /^Install newuidmap/],
  ])('%s without its setuid bit: only a file of the system is given it', (path, folder, title) => {
    const stats = { [path]: { mode: 0o100755 } }
    const facts = host({ stats, environment: { PATH: folder } })
    const failure = failed('write-uid-map', 'EPERM', { namespaces: ['user'], mapper: true })
    expect(remediesFor('subids', failure, facts)[0]!.title).toMatch(title)
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
