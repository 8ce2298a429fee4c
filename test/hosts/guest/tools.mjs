// The programs that run a guest, with all that they depend on: one release's, whatever this machine has.
import { join } from 'node:path'
import { unpack } from './apt.mjs'
import { cached } from './cache.mjs'

/** QEMU before 8 spoils the flags of cmpxchg16b when it emulates: guests oops. */
const SUITE = 'trixie'
const PACKAGES = ['qemu-system-x86', 'virtiofsd', 'busybox-static', 'apparmor', 'xz-utils', 'zstd', 'lz4']
const LIBRARIES = 'usr/lib/x86_64-linux-gnu'

export function tools() {
  return cached('tools', (draft) => unpack(SUITE, PACKAGES, draft, { dependencies: true }))
}

/** The command line of one of them, under the libc of its own release. */
export function tool(path, ...args) {
  const folder = tools()
  const loader = join(folder, LIBRARIES, 'ld-linux-x86-64.so.2')
  return [loader, '--library-path', join(folder, LIBRARIES), join(folder, path), ...args]
}

export function busybox() {
  return join(tools(), 'usr/bin/busybox')
}

export function qemu(...args) {
  return {
    command: tool('usr/bin/qemu-system-x86_64', '-L', shared('qemu'), '-L', shared('seabios'), ...args),
    // It looks beside its own executable, which is the loader.
    env: { QEMU_MODULE_DIR: join(tools(), LIBRARIES, 'qemu') },
  }
}

function shared(name) {
  return join(tools(), 'usr/share', name)
}
