// Debian's kernels, ready to be started.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { dependencyOf, unpack } from './apt.mjs'
import { extractKernel } from './bzimage.mjs'
import { cached } from './cache.mjs'
import { must } from './command.mjs'
import { cpio } from './cpio.mjs'
import { busybox, tool } from './tools.mjs'

/** The release whose newest kernel is of that series. */
const SUITES = { '5.10': 'bullseye-security', 6.1: 'bookworm-security', 6.12: 'trixie' }
export const KERNELS = Object.keys(SUITES).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))

/** Without these the guest has no root and no words. */
const FIRST_MODULES = ['virtio_pci', 'virtio_console', 'virtiofs', 'overlay']

/** The paths of the image, of its first root and of its modules. */
export function kernel(series) {
  if (!KERNELS.includes(series)) throw new TypeError(`kernel ${series}: expected ${KERNELS.join(', ')}`)
  const folder = cached(`kernels/${series}`, (draft) => make(series, draft))
  return {
    image: join(folder, 'vmlinux'),
    initrd: join(folder, 'initrd'),
    modules: join(folder, 'lib/modules'),
  }
}

function make(series, folder) {
  const suite = SUITES[series]
  const name = dependencyOf(suite, 'linux-image-cloud-amd64', /^linux-image-\d/)
  const version = name.replace('linux-image-', '')
  unpack(suite, [name], folder)
  writeFileSync(join(folder, 'vmlinux'), extractKernel(readFileSync(join(folder, `boot/vmlinuz-${version}`))))
  if (!existsSync(join(folder, 'lib'))) renameSync(join(folder, 'usr/lib'), join(folder, 'lib'))
  for (const each of ['boot', 'usr']) rmSync(join(folder, each), { recursive: true, force: true })
  const modules = join(folder, 'lib/modules', version)
  unpackModules(modules)
  must([busybox(), 'depmod', '-b', folder, version])
  writeFileSync(join(folder, 'initrd'), initrd(modules))
}

/** insmod takes no compressed ones. */
function unpackModules(folder) {
  const packed = readdirSync(folder, { recursive: true }).filter((name) => /\.ko\.xz$/.test(name))
  for (let start = 0; start < packed.length; start += 100) {
    must(tool('usr/bin/xz', '-d', ...packed.slice(start, start + 100).map((name) => join(folder, name))))
  }
}

function initrd(folder) {
  const order = firstModules(readFileSync(join(folder, 'modules.dep'), 'utf8'))
  const files = order.map((path) => [`modules/${basename(path)}`, readFileSync(join(folder, path))])
  const names = order.map((path) => `${basename(path)}\n`).join('')
  return cpio([['busybox', readFileSync(busybox()), 0o755], ['modules/order', names], ...files])
}

/** Dependencies first, each once; nothing for what is built in. */
function firstModules(dependencies) {
  const paths = FIRST_MODULES.flatMap((name) => {
    const line = new RegExp(`^(\\S*/${name}\\.ko):(.*)$`, 'm').exec(dependencies)
    return line === null ? [] : [...line[2].split(' ').filter(Boolean).reverse(), line[1]]
  })
  return [...new Set(paths)]
}
