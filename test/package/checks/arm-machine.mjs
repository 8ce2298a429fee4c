// The arm64 package on a kernel for arm64, in an emulated machine: what starts programs, a user-mode emulator cannot run.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { folderOf } from '../../../scripts/prebuilds/targets.mjs'
import { dependencyOf, unpack } from '../../hosts/guest/apt.mjs'
import { cached } from '../../hosts/guest/cache.mjs'
import { cpio } from '../../hosts/guest/cpio.mjs'
import { ARM64, fetchNode } from '../nodes.mjs'
import { project } from '../packed.mjs'

const SUITE = 'trixie'
/** Of Debian's cross compiler. */
const LIBRARIES = '/usr/aarch64-linux-gnu/lib'
const LIBRARY = /^(ld-linux-aarch64\.so\.1|lib(c|m|dl|pthread|stdc\+\+|gcc_s|atomic)\.so\.\d+)$/
const PROGRAMS = ['imported.mjs', 'required.cjs', 'workers.mjs']
/** workers.mjs prints for its two threads, too. */
const LINES = 5
const SECONDS = '300'

export const armMachine = {
  name: 'arm64 in a machine',
  async run(checks) {
    checks.tool('aarch64-linux-gnu-g++')
    const node = await fetchNode(checks, 'arm64', ARM64)
    const consumer = await project(checks)
    const { image, busybox } = guest()
    return checks.shared('machine', async (folder) => {
      const archive = join(folder, 'initrd')
      writeFileSync(archive, root(consumer, busybox, node))
      const printed = await checks.exec(checks.tool('timeout'), [SECONDS, ...machine(image, archive)])
      const used = printed.split(/\r?\n/).filter((line) => line.startsWith('{"node"'))
      const right = used.filter((line) => JSON.parse(line).addon.includes(folderOf('arm64')))
      if (right.length !== LINES) throw new Error(printed)
      return `node ${ARM64}, Linux ${/Linux (\S+)/.exec(printed)?.[1]}`
    })
  },
}

/** Kernel, shell and emulator: Debian's, kept with those of test/hosts. */
function guest() {
  const folder = cached('arm64', (draft) => {
    const kernel = dependencyOf(SUITE, 'linux-image-cloud-arm64', /^linux-image-\d/, 'arm64')
    unpack(SUITE, [kernel, 'busybox-static'], draft, { architecture: 'arm64' })
  })
  const image = readdirSync(join(folder, 'boot')).find((name) => name.startsWith('vmlinuz-'))
  return { image: join(folder, 'boot', image), busybox: join(folder, 'usr/bin/busybox') }
}

function machine(image, archive) {
  const folder = cached('qemu-arm', (draft) => {
    unpack(SUITE, ['qemu-system-arm'], draft, { dependencies: true })
  })
  const libraries = join(folder, 'usr/lib/x86_64-linux-gnu')
  return [
    // Under the libc of its own release.
    ...[join(libraries, 'ld-linux-x86-64.so.2'), '--library-path', libraries],
    ...[join(folder, 'usr/bin/qemu-system-aarch64'), '-L', join(folder, 'usr/share/qemu')],
    // The architecture's own algorithm for signed pointers takes most of the time when emulated.
    ...['-accel', 'tcg', '-M', 'virt', '-cpu', 'max,pauth-impdef=on', '-m', '1536', '-smp', '1'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-serial', 'stdio'],
    ...['-kernel', image, '-initrd', archive, '-append', 'console=ttyAMA0 panic=-1 quiet'],
  ]
}

/** Its first root, which cannot be pivoted away from: everything moves on to a second. */
const FIRST = `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mkdir /new && mount -t tmpfs -o size=75% new /new && cp -a /app /bin /lib /second /new || poweroff -f
for each in proc sys dev tmp; do mkdir /new/$each; done
mount -t proc proc /new/proc && mount -t sysfs sys /new/sys && mount -t devtmpfs dev /new/dev || poweroff -f
exec switch_root /new /second
`
const SECOND = `#!/bin/busybox sh
uname -sr
cd /app
for program in ${PROGRAMS.join(' ')}; do node $program || echo "$program: $?"; done
poweroff -f
`

function root(consumer, busybox, node) {
  const libraries = readdirSync(LIBRARIES).filter((name) => LIBRARY.test(name))
  const files = [
    ...readdirSync(consumer).filter((name) => /\.(mjs|cjs|json)$/.test(name)),
    ...['nskit', 'node-gyp-build'].flatMap((name) => filesBelow(consumer, join('node_modules', name))),
  ]
  return cpio([
    ['init', FIRST, 0o755],
    ['second', SECOND, 0o755],
    ['bin/busybox', readFileSync(busybox), 0o755],
    ['bin/node', readFileSync(node), 0o755],
    ...libraries.map((name) => [`lib/${name}`, readFileSync(join(LIBRARIES, name)), 0o755]),
    ...files.map((name) => [
      `app/${name}`,
      readFileSync(join(consumer, name)),
      statSync(join(consumer, name)).mode & 0o777,
    ]),
  ])
}

function filesBelow(root, folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
}
