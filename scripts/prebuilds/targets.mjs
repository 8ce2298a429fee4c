// What is built for other hosts, and with which tools.

import { join } from 'node:path'

/** The newest symbol version that a prebuilt addon may ask for: RHEL 8's glibc, and what Node's own binaries ask for. */
export const GLIBC = '2.28'

export const TARGETS = {
  x64: { machine: 'X86-64', tools: 'x86_64-linux-gnu-' },
  arm64: { machine: 'AArch64', tools: 'aarch64-linux-gnu-' },
}

/** Where node-gyp-build looks, in the package. */
export function folderOf(arch) {
  return `prebuilds/linux-${arch}`
}

/** The tag keeps musl's node from it, which could not load it. */
export const ADDON = 'nskit.glibc.node'
/** What the addon starts where no memfd may be executed: beside it. */
export const STAGE = 'nskit-stage'

export const ARCHES = Object.keys(TARGETS)

/** The addon and the stage of one architecture, below the package's folder. */
export function binaries(root, arch) {
  return [ADDON, STAGE].map((name) => join(root, folderOf(arch), name))
}
