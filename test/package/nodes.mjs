// Node itself in other versions and for another machine, from the npm registry.
import { join } from 'node:path'
import { fetchPackage } from './fetched.mjs'

/** The oldest that package.json's engines admits, then the last of each line. */
export const X64 = ['20.9.0', '22.23.3', '24.21.0', '26.10.0']
export const ARM64 = '22.23.3'

/** Returns the binary's path. */
export async function fetchNode(checks, arch, version) {
  const name = `node-linux-${arch}`
  return join(await fetchPackage(checks, name, version, `node/${arch}-${version}`), name, 'bin/node')
}
