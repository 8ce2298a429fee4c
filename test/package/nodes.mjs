// Node itself in other versions and for another machine, from the npm registry.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TREE } from './harness.mjs'
import { npm } from './packed.mjs'

/** The oldest that package.json's engines admits, then the last of each line. */
export const X64 = ['20.9.0', '22.23.3', '24.21.0', '26.10.0']
export const ARM64 = '22.23.3'

/** Kept beside the other packages: they are a hundred megabytes each. */
const KEPT = join(TREE, 'node_modules/.cache/nskit-nodes')

/** Returns the binary's path. */
export async function fetchNode(checks, arch, version) {
  const name = `node-linux-${arch}`
  const folder = join(KEPT, `${arch}-${version}`)
  const binary = join(folder, 'node_modules', name, 'bin/node')
  if (existsSync(binary)) return binary
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }))
  // --force: npm refuses what is for another architecture.
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--force']
  await npm(checks, ['install', ...options, `${name}@${version}`], { cwd: folder })
  return binary
}
