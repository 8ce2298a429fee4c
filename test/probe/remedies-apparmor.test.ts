import { remediesFor } from '../../lib/probe/remedies'
import { failed } from './failed-step'
import { apparmor, host, ubuntu } from './host'

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

  it("bwrap: the distribution's own profile first, where there is one", () => {
    const failure = failed('create-user', 'EPERM', { program: '/usr/bin/bwrap' })
    const folders = { '/usr/share/apparmor/extra-profiles': ['README', 'bwrap-userns-restrict'] }
    const [ready, own] = remediesFor('apparmor', failure, host({ files: ubuntu(), folders }))
    expect(ready!.commands).toEqual([
      'install -m 644 /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/bwrap-userns-restrict',
      'apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict',
    ])
    expect(own!.file!.path).toBe('/etc/apparmor.d/usr.bin.bwrap')
    expect(remediesFor('apparmor', failure, host({ files: ubuntu() }))[0]).toEqual(own)
  })

  it('a program in a home may be replaced by its owner', () => {
    const failure = failed('create-user', 'EPERM', { program: '/home/ada/bin/tool' })
    const [remedy] = remediesFor('apparmor', failure, host({ files: ubuntu() }))
    expect(remedy!.tradeoff).toContain('whatever its owner puts in its place')
  })

  // As apparmor_parser 4.1 reads them.
  it.each([
    ['/opt/a!b/c', '"/opt/a!b/c"'],
    ['/opt/a#b/c', '"/opt/a#b/c"'],
    ['/opt/a*[b]{c}/d', '"/opt/a\\*\\[b\\]\\{c\\}/d"'],
    ['/opt/a"b\\c\nd', '"/opt/a\\"b\\\\c\\012d"'],
    ['/opt/v1.2+3/node-x_y', '/opt/v1.2+3/node-x_y'],
  ])('the path %j stands in the head as %s', (program, attachment) => {
    const failure = failed('create-user', 'EPERM', { program })
    const [remedy] = remediesFor('apparmor', failure, host({ files: ubuntu() }))
    expect(remedy!.file!.content).toContain(` ${attachment} flags=(unconfined) {\n`)
  })

  it('a profile is not hidden from what loads it at boot', () => {
    const failure = failed('create-user', 'EPERM', { program: '/.local/x' })
    const [remedy] = remediesFor('apparmor', failure, host({ files: ubuntu() }))
    expect(remedy!.file!.path).toBe('/etc/apparmor.d/local.x')
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
