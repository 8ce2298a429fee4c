import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  execFile,
  fromOciSpec,
  type Mount,
  type NamespacedProcess,
  type OciRefusalError,
  type OciSpec,
  type SpawnOptions,
  sandboxSeccomp,
  spawn,
  toOciSpec,
} from '../../lib/index'
import { PROGRAMS } from '../filesystem/view'
import { place } from '../support/inside'
import { expectNothingLeft } from '../support/leftovers'
import { mode } from '../support/modes'
import { describeWith, itWith, type Need } from '../support/needs'
import { type Report, readReport, reporter } from './report'
import { RUNTIMES, type Runtime, run } from './runtime'

const ALL = ['user', 'pid', 'mnt', 'net', 'ipc', 'uts', 'cgroup'] as const
const ENV = { PATH: '/usr/bin:/bin', MARK: 'of the environment' }

/** Has namespaces to join. */
let other: NamespacedProcess
beforeAll(async () => {
  other = spawn('sleep', ['600'], { unshare: ['user', 'net', 'ipc', 'uts'], hostname: 'other' })
  await other.spawned
})
afterAll(() => other[Symbol.asyncDispose]())

/** A directory that others may look into, as root of a container. */
let image: string
beforeAll(() => {
  image = mkdtempSync(join(tmpdir(), 'nskit-image-'))
  chmodSync(image, 0o755)
  for (const name of ['usr', 'etc', 'proc', 'sys', 'dev', 'work', 'masked', 'closed'])
    mkdirSync(join(image, name))
  for (const name of ['bin', 'sbin', 'lib', 'lib32', 'lib64']) symlinkSync(`usr/${name}`, join(image, name))
  writeFileSync(join(image, 'masked', 'secret'), 'secret\n')
  writeFileSync(join(image, 'masked-file'), 'secret\n')
  writeFileSync(join(image, 'visible'), 'seen\n')
})
afterAll(() => rmSync(image, { recursive: true }))

const BINDS: readonly Mount[] = ['/usr', '/etc'].map((path) => ({
  type: 'bind',
  source: path,
  destination: path,
  readonly: true,
}))

interface Case {
  needs: readonly Need[]
  options: () => SpawnOptions
  extra?: string
  /** Mount points to compare. */
  places?: readonly string[]
  /** Default: all. */
  runtimes?: readonly Runtime[]
}

const CASES: Record<string, Case> = {
  'namespaces, names and limits': {
    needs: ['userns'],
    options: () => ({
      unshare: ALL,
      hostname: 'box',
      rlimits: { nofile: { soft: 100, hard: 200 }, core: 0, fsize: Number.POSITIVE_INFINITY, stack: 8 << 20 },
    }),
    places: ['/proc'],
  },
  'some namespaces alone': {
    needs: ['userns'],
    options: () => ({ unshare: ['user', 'mnt'], uidMap: 'self', gidMap: 'self', cwd: '/usr' }),
    // runc 1.1 takes no map without 0.
    runtimes: place().uid === 0 ? RUNTIMES : ['crun'],
  },
  'an empty root, without capabilities': {
    needs: ['userns'],
    options: () => ({
      unshare: ALL,
      root: 'empty',
      rootReadonly: true,
      mounts: [
        ...PROGRAMS,
        { type: 'dev', destination: '/dev' },
        { type: 'sysfs', destination: '/sys', readonly: true },
        { type: 'mqueue', destination: '/dev/mqueue' },
        { type: 'tmpfs', destination: '/work', size: 1 << 20, mode: 0o750 },
        { type: 'tmpfs', destination: '/work/in', size: 1 << 20, noexec: true },
        { type: 'bind', source: image, destination: '/image', nosuid: true, nodev: true, noexec: true },
      ],
      maskedPaths: ['/image/masked', '/image/masked-file', '/absent'],
      readonlyPaths: ['/image/closed', '/also/absent'],
      capabilities: 'none',
    }),
    extra: `
      touch /x /usr/x /work/x /image/closed/x /sys/x; cat /image/visible; ls /image/masked; cat /image/masked-file
      for each in null zero full random urandom tty pts shm fd stdin stdout stderr; do ls -d /dev/$each; done
      head -c 3 /dev/zero | od -An -c; stat -c %a /work; cd /proc/sys && touch kernel/core_pattern`,
    places: ['/usr', '/proc', '/dev/pts', '/sys', '/dev/mqueue', '/work', '/work/in', '/image'],
  },
  'a directory as root, read-only': {
    needs: ['userns'],
    options: () => ({
      unshare: ALL,
      root: image,
      rootReadonly: true,
      mounts: [...BINDS, { type: 'dev', destination: '/dev' }, { type: 'tmpfs', destination: '/work' }],
      maskedPaths: ['/masked', '/masked-file'],
      cwd: '/work',
    }),
    extra: 'ls /; touch /x; touch x && ls; cat /visible /masked-file; ls /masked',
    places: ['/', '/usr', '/proc', '/dev/pts', '/work'],
  },
  'capabilities and a filter': {
    needs: ['userns'],
    options: () => ({
      unshare: ALL,
      capabilities: ['CAP_NET_BIND_SERVICE', 'CAP_CHOWN'],
      seccomp: sandboxSeccomp(),
    }),
    extra: 'unshare --uts true; mount -t tmpfs tmpfs /mnt',
  },
  'each set of capabilities': {
    needs: ['userns'],
    options: () => ({
      unshare: ALL,
      capabilities: {
        bounding: ['CAP_CHOWN', 'CAP_KILL'],
        permitted: ['CAP_CHOWN', 'CAP_KILL'],
        effective: ['CAP_CHOWN'],
      },
    }),
  },
  'other ids': {
    needs: ['admin'],
    options: () => {
      const map = [
        { containerID: 0, hostID: Math.min(50_000, place().uidLimit - 2000), size: 1 },
        { containerID: 1000, hostID: Math.min(51_000, place().uidLimit - 1000), size: 100 },
      ]
      return { unshare: ALL, uidMap: map, gidMap: map, uid: 1000, gid: 1001, groups: [1002, 1003] }
    },
    extra: 'id -u; id -g; id -G',
  },
  'other ids, that keep a capability': {
    needs: ['root'],
    options: () => ({
      unshare: ['pid', 'mnt', 'uts', 'ipc'],
      uid: 1000,
      gid: 1000,
      capabilities: ['CAP_NET_BIND_SERVICE'],
    }),
    extra: 'id -G',
  },
  "what links in the host's / lead to": {
    needs: ['userns'],
    options: () => ({
      unshare: ALL,
      mounts: [
        { type: 'bind', source: join(image, 'visible'), destination: '/usr/lib/os-release' },
        { type: 'bind', source: image, destination: '/sbin', readonly: true, noexec: true },
      ],
      maskedPaths: ['/usr/bin/env', '/lib/terminfo'],
      readonlyPaths: ['/usr/lib'],
    }),
    extra: `
      wc -c < /bin/env; wc -c < /usr/bin/env; ls /lib/terminfo /usr/lib/terminfo; cat /lib/os-release
      ls /sbin /usr/sbin; touch /sbin/x /lib/x`,
  },
  'a read-only path with mounts below it': {
    needs: ['userns'],
    options: () => ({
      unshare: ALL,
      root: 'empty',
      mounts: [
        ...PROGRAMS,
        { type: 'bind', source: image, destination: '/image' },
        { type: 'bind', source: join(image, 'visible'), destination: '/file', readonly: true, noexec: true },
        { type: 'tmpfs', destination: '/image/work' },
      ],
      readonlyPaths: ['/image'],
    }),
    extra: 'touch /image/x /image/work/x /file',
    places: ['/file'],
  },
  "the same of the host's": {
    needs: ['userns'],
    options: () => ({ unshare: ALL, readonlyPaths: ['/dev'], maskedPaths: ['/etc/passwd'] }),
    extra: 'touch /dev/x /dev/shm/x; wc -c < /etc/passwd',
  },
  "the host's, all of it read-only": {
    needs: ['userns'],
    options: () => ({ unshare: ALL, rootReadonly: true, mounts: [{ type: 'tmpfs', destination: '/srv' }] }),
    extra: 'touch /x /tmp/x /dev/shm/x /lib/x; touch /srv/x && ls /srv',
    // crun opens each directory that is read-only with its submounts, also what is closed to it, as /root.
    runtimes: mode === 'root' ? RUNTIMES : ['runc'],
  },
  'a mask behind a link of the list': {
    needs: ['userns'],
    options: () => ({
      unshare: ALL,
      root: 'empty',
      mounts: [
        ...PROGRAMS,
        { type: 'bind', source: image, destination: '/image' },
        { type: 'symlink', target: 'image/masked', destination: '/link' },
      ],
      maskedPaths: ['/image/masked/secret'],
    }),
    extra: 'wc -c < /link/secret; wc -c < /image/masked/secret',
  },
  'no user namespace': {
    needs: ['root'],
    options: () => ({
      unshare: ['pid', 'mnt', 'uts', 'ipc', 'net'],
      hostname: 'box',
      root: 'empty',
      mounts: [...PROGRAMS, { type: 'dev', destination: '/dev' }],
      capabilities: ['CAP_CHOWN'],
    }),
    extra: 'touch /proc/sys/kernel/core_pattern; (echo > /dev/null) && head -c 1 /dev/zero | od -An -c',
    places: ['/usr', '/proc', '/dev/pts'],
  },
  'file systems of all kinds': {
    needs: ['userns'],
    options: () => ({
      unshare: ALL,
      root: 'empty',
      mounts: [
        ...PROGRAMS,
        { type: 'overlay', destination: '/over', lower: [join(image, 'closed'), join(image, 'masked')] },
        { type: 'devpts', destination: '/pts' },
        { type: 'tmpfs', destination: '/shut', readonly: true, mode: 0o711 },
        { type: 'mqueue', destination: '/queues', readonly: true },
      ],
    }),
    extra: 'cat /over/secret; ls /pts; touch /shut/x /over/x; stat -c %a /shut',
    places: ['/over', '/pts', '/shut', '/queues'],
  },
  'namespaces of another process': {
    needs: ['root'],
    options: () => ({
      unshare: ['mnt'],
      join: [{ pid: other.pid as number, types: ['net', 'ipc', 'uts'] }],
    }),
  },
  'ids on disk': {
    needs: ['root', 'idmapped-tmpfs'],
    options: () => {
      const ids = [{ containerID: 0, hostID: 50_000, size: 1000 }]
      const idMap = { uid: ids, gid: ids }
      return {
        unshare: ALL,
        uidMap: ids,
        gidMap: ids,
        root: 'empty',
        mounts: [...PROGRAMS, { type: 'bind', source: image, destination: '/image', idMap }],
      }
    },
    extra: 'stat -c "%u %g" /image/visible; touch /image/made && rm /image/made',
    // runc 1.1 does not know the mappings of mounts, and shows the files as nobody's.
    runtimes: ['crun'],
  },
  'a domain name': {
    needs: ['userns'],
    options: () => ({ unshare: ALL, domainname: 'example.org' }),
    // runc 1.1 passes over it.
    runtimes: ['crun'],
  },
  'subordinate ids': {
    needs: ['subids'],
    options: () => ({ unshare: ['user', 'mnt', 'pid'], uidMap: 'subids', gidMap: 'subids' }),
    // crun is in a user namespace here, of which newuidmap can map no more than it has.
    runtimes: ['runc'],
  },
}

describeWith(['userns', ...RUNTIMES], 'what toOciSpec writes, run by a runtime, is what spawn runs', () => {
  describe.each(RUNTIMES)('%s', (runtime) => {
    for (const [name, { needs, options, extra, places = [], runtimes = RUNTIMES }] of Object.entries(CASES)) {
      if (!runtimes.includes(runtime)) continue
      itWith(needs, name, async () => {
        const [command, args] = reporter(extra)
        const asked: SpawnOptions = { env: ENV, ...options() }
        const ours = await report(command, args, asked, places)
        const spec = toOciSpec(command, args, asked)
        const theirs = readReport(await run(runtime, spec), places)
        expect(theirs).toEqual(ours)
      })
    }

    it('leaves nothing', async () => {
      const spec = toOciSpec('true', { unshare: ALL, env: ENV })
      await run(runtime, spec)
      await expectNothingLeft(() => run(runtime, spec))
    })
  })
})

describeWith('userns', 'there and back: fromOciSpec(toOciSpec(x)) runs as x', () => {
  for (const [name, { needs, options, extra, places = [] }] of Object.entries(CASES)) {
    itWith(needs, name, async () => {
      const [command, args] = reporter(extra)
      const asked: SpawnOptions = { env: ENV, ...options() }
      const back = fromOciSpec(toOciSpec(command, args, asked))
      expect(await report(back.command, back.args, back.options, places)).toEqual(
        await report(command, args, asked, places),
      )
    })
  }
})

/** A configuration as it is usually begun with, on a root that has no mount points but those that images have. */
describeWith(
  ['userns', ...RUNTIMES],
  'what a runtime writes as an example, run by it, is what fromOciSpec runs',
  () => {
    const CGROUP = 'mounts[6]'
    const AS_ROOT = ['linux.resources.devices', 'process.terminal', CGROUP]
    const WITHOUT = {
      // It makes up maps of its own for the ids that it does not write.
      crun: ['linux.resources.devices', 'linux.uidMappings', 'linux.gidMappings', 'process.terminal', CGROUP],
      runc: ['process.terminal', CGROUP],
    }

    describe.each(RUNTIMES)('%s', (runtime) => {
      itWith('root', 'as root', async () => {
        const spec = await example(runtime, [])
        expect(refusedOf(spec)).toEqual(AS_ROOT)
        await compare(runtime, spec, ['linux.resources', CGROUP])
      })

      it('without root', async () => {
        const spec = await example(runtime, ['--rootless'])
        expect(refusedOf(spec)).toEqual(WITHOUT[runtime])
        const { uid, gid } = place()
        spec.linux.uidMappings = [{ containerID: 0, hostID: uid, size: 1 }]
        spec.linux.gidMappings = [{ containerID: 0, hostID: gid, size: 1 }]
        await compare(runtime, spec, ['linux.resources', CGROUP])
      })
    })

    async function example(runtime: Runtime, args: readonly string[]): Promise<OciSpec> {
      const folder = mkdtempSync(join(tmpdir(), 'nskit-spec-'))
      try {
        await execFile(runtime, ['spec', ...args], { cwd: folder })
        return JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))
      } finally {
        rmSync(folder, { recursive: true })
      }
    }

    async function compare(runtime: Runtime, spec: OciSpec, ignore: readonly string[]): Promise<void> {
      const [command, args] = reporter(
        'cat /proc/keys; touch /proc/sys/kernel/core_pattern /x; ls /dev | grep -v core; ls -A /',
      )
      Object.assign(spec.process, { terminal: false, args: [command, ...args] })
      spec.process.user.umask = process.umask()
      spec.process.env.push('MARK=of the environment')
      spec.root.path = image
      const isBind = { type: 'bind', options: ['rbind', 'ro'] }
      // Behind the others, whose places in the list are named.
      spec.mounts.push(...['/usr', '/etc'].map((path) => ({ source: path, destination: path, ...isBind })))
      // /dev and /proc are nodev and noexec here, whatever was asked.
      const places = ['/', '/usr', '/dev/pts', '/dev/shm', '/dev/mqueue', '/sys']
      const ours = fromOciSpec(spec, { ignore })
      expect(await report(ours.command, ours.args, ours.options, places)).toEqual(
        readReport(await run(runtime, spec), places),
      )
    }
  },
)

function refusedOf(spec: OciSpec): string[] {
  try {
    fromOciSpec(spec)
    return []
  } catch (error) {
    return (error as OciRefusalError).refused.map(({ path }) => path)
  }
}

async function report(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
  places: readonly string[],
): Promise<Report> {
  const { stdout } = await execFile(command, args, options)
  return readReport(stdout, places)
}
