import { readFileSync, readlinkSync } from 'node:fs'
import { evidenceOf, isKnown, readFacts, valueIn } from '../../lib/probe/facts'
import { parseLabel } from '../../lib/probe/facts/lsm'
import { mountOf, parseMountInfo } from '../../lib/probe/facts/mountinfo'
import { host, MOUNTS, source, status } from './host'

const PROC_TWICE = `${MOUNTS}40 22 0:40 / /proc/acpi ro - tmpfs tmpfs ro\n50 24 0:50 / /dev/.lxc/proc rw,relatime - proc proc rw\n`

describe('this host', () => {
  it('is read without an exception, and as its files say', () => {
    const facts = readFacts()
    expect(valueIn(facts.kernel.release)).toBe(readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim())
    expect(valueIn(facts.process.euid)).toBe(process.geteuid?.())
    expect(valueIn(facts.process.initialUserNamespace)).toBe(
      readlinkSync('/proc/self/ns/user') === 'user:[4026531837]',
    )
    expect(valueIn(facts.kernel.namespaces)).toContain('user')
    expect(isKnown(facts.mounts.coveredProc)).toBe(true)
  })

  it('that shows no file at all is all evidence and no exception', () => {
    const nothing = () => {
      throw Object.assign(new Error('hidden'), { code: 'EACCES' })
    }
    const facts = readFacts(
      {},
      { ...source(), text: nothing, link: nothing, names: nothing, identity: nothing },
    )
    expect(evidenceOf(facts.process.capEff)).toEqual({
      source: '/proc/self/status: CapEff',
      value: 'unreadable: EACCES',
    })
    expect(facts.environment.containers).toEqual([])
    expect(evidenceOf(facts.subids.newuidmap).value).toBe('unreadable: EACCES')
  })
})

describe('the status', () => {
  it('is read by its first lines: a name cannot bring its own', () => {
    const text = `Name:\tUid:\\t0\rUid:\t0\t0\t0\t0\n${status({ Name: 'x' })}Uid:\t0\t0\t0\t0\n`
    expect(valueIn(host({ files: { '/proc/self/status': text } }).process.euid)).toBe(1000)
  })

  it('that lacks a field leaves that fact unread', () => {
    const { seccomp } = host({ files: { '/proc/self/status': 'Name:\tnode\n' } }).process
    expect(seccomp).toEqual({ source: '/proc/self/status: Seccomp', unreadable: 'ENODATA' })
  })
})

describe('chroot', () => {
  const elsewhere = MOUNTS.replace('27 1 254:0 / / rw', '27 1 254:0 / / rw\n77 27 254:1 / /srv/jail rw')

  it.each([
    ['none', {}, false],
    ['a root that is no mount point', { '/proc/self/mountinfo': MOUNTS.replace(/^27 .*\n/m, '') }, true],
    [
      "a root that is init's other mount",
      {
        '/proc/self/mountinfo': '77 27 254:1 / / rw - ext4 /dev/vdb rw\n',
        '/proc/1/mountinfo': `${elsewhere.replace('rw\n77 27 254:1 / /srv/jail', 'rw - ext4 x rw\n77 27 254:1 / /srv/jail')}`,
      },
      true,
    ],
  ])('%s', (_name, files, expected) => {
    expect(valueIn(host({ files }).mounts.chroot)).toBe(expected)
  })

  it('is told by the directories themselves in one mount namespace, and not in another', () => {
    const files = { '/proc/1/mountinfo': { code: 'EACCES' } }
    const stats = { '/proc/self/root/': { inode: 5 }, '/proc/1/root/': { inode: 2 } }
    const links = { '/proc/self/ns/mnt': 'mnt:[1]', '/proc/1/ns/mnt': 'mnt:[1]' }
    expect(valueIn(host({ files, stats, links }).mounts.chroot)).toBe(true)
    const apart = { ...links, '/proc/1/ns/mnt': 'mnt:[2]' }
    expect(valueIn(host({ files, stats, links: apart }).mounts.chroot)).toBeUndefined()
    expect(evidenceOf(host({ files, stats }).mounts.chroot).value).toBe('absent')
  })
})

describe('a covered /proc', () => {
  it.each([
    ['nothing inside', MOUNTS, []],
    [
      'a masked folder',
      MOUNTS.replace('25 22', '41 22 0:40 / /proc/acpi ro - tmpfs tmpfs ro\n25 22'),
      ['/proc/acpi'],
    ],
    ['read-only', MOUNTS.replace('/proc rw,', '/proc ro,'), ['/proc (read-only)']],
    ['a whole one aside, as LXC keeps it', PROC_TWICE, []],
    ['none mounted', '27 1 254:0 / / rw - ext4 /dev/vda rw\n', ['no proc file system']],
    ['hidden under another file system', `${MOUNTS}42 22 0:41 / /proc ro - tmpfs tmpfs ro\n`, ['/proc']],
  ])('%s', (_name, table, covers) => {
    expect(valueIn(host({ files: { '/proc/self/mountinfo': table } }).mounts.coveredProc)).toEqual(covers)
  })
})

it('mountinfo is read with its octal escapes and optional fields', () => {
  const line = '36 35 98:0 /mnt1 /mnt\\040two rw,nosuid master:1 shared:2 - ext3 /dev/root rw,errors=continue'
  const mounts = parseMountInfo(`${line}\nnonsense\n\n27 1 254:0 / / rw - ext4 /dev/vda rw\n`)
  expect(mounts.map(({ mountPoint, fstype }) => [mountPoint, fstype])).toEqual([
    ['/mnt two', 'ext3'],
    ['/', 'ext4'],
  ])
  expect(mountOf('/mnt two/file', mounts)?.id).toBe(36)
  expect(mountOf('/mnt two and more', mounts)?.id).toBe(27)
})

it.each([
  ['unconfined', { name: 'unconfined', mode: 'unconfined', module: 'apparmor' }],
  ['nouserns (enforce)', { name: 'nouserns', mode: 'enforce', module: 'apparmor' }],
  ['/usr/bin/man//filter (complain)', { name: '/usr/bin/man//filter', mode: 'complain', module: 'apparmor' }],
  ['a profile (x) (kill)', { name: 'a profile (x)', mode: 'kill', module: 'apparmor' }],
  ['system_u:system_r:container_t:s0:c1,c2', { name: 'container_t', mode: undefined, module: 'selinux' }],
])('the label %s', (text, label) => {
  expect(parseLabel(text)).toEqual(label)
})

describe('surroundings', () => {
  it.each([
    ['Docker', { stats: { '/.dockerenv': {} } }, ['docker']],
    ['Podman', { stats: { '/run/.containerenv': {} }, environment: { container: 'podman' } }, ['podman']],
    ['Kubernetes', { environment: { KUBERNETES_SERVICE_HOST: '10.0.0.1' } }, ['kubernetes']],
    ['LXC', { files: { '/proc/self/cgroup': '0::/lxc.payload.web/user.slice\n' } }, ['lxc']],
    ['nspawn', { files: { '/run/systemd/container': 'systemd-nspawn\n' } }, ['systemd-nspawn']],
    [
      'Docker, by its cgroup',
      { files: { '/proc/self/cgroup': '0::/system.slice/docker-0123.scope\n' } },
      ['docker'],
    ],
    ['Docker, by its cgroup v1', { files: { '/proc/self/cgroup': '4:cpu:/docker/0123abcd\n' } }, ['docker']],
    ['the host of Docker', { files: { '/proc/self/cgroup': '0::/system.slice/docker.service\n' } }, []],
    ['none', {}, []],
  ])('%s', (_name, tree, kinds) => {
    expect(host(tree).environment.containers.map(valueIn)).toEqual(kinds)
  })

  it.each([
    ['0::/system.slice/agent.service', 'agent.service'],
    ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/bot.service', 'bot.service'],
    ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-x.scope', undefined],
    ['0::/user.slice/user-1000.slice/session-3.scope', undefined],
  ])('the unit of %s', (cgroup, unit) => {
    expect(valueIn(host({ files: { '/proc/self/cgroup': cgroup } }).environment.unit)?.name).toBe(unit)
  })

  it.each([
    ['0::/system.slice/agent.service', {}, '/etc/systemd/system'],
    ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/bot.service', {}, '/etc/systemd/user'],
    [
      '0::/user.slice/user-1000.slice/user@1000.service/app.slice/bot.service',
      { HOME: '/home/ada' },
      '/home/ada/.config/systemd/user',
    ],
  ])('the drop-ins of %s, %j', (cgroup, environment, folder) => {
    const facts = host({ files: { '/proc/self/cgroup': cgroup }, environment })
    expect(valueIn(facts.environment.unit)?.folder).toBe(folder)
  })
})

describe('subordinate ids', () => {
  it('are those of the user, by name or number', () => {
    const files = { '/etc/subuid': 'ada:100000:65536\nbob:1:2\n1000:300000:10\n' }
    expect(valueIn(host({ files }).subids.uid)).toEqual([
      { start: 100_000, size: 65_536 },
      { start: 300_000, size: 10 },
    ])
  })

  it('say so where there are none', () => {
    const files = { '/etc/subuid': 'bob:1:2\n' }
    expect(evidenceOf(host({ files }).subids.uid)).toEqual({
      source: '/etc/subuid',
      value: 'no range of ada',
    })
  })
})
