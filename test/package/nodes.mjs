// Node itself in other versions and for another machine, from the npm registry.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cached } from '../hosts/guest/cache.mjs'
import { must } from '../hosts/guest/command.mjs'
import { npmCommand } from './packed.mjs'

/** The oldest that package.json's engines admits, then the last of each line. */
export const X64 = ['20.9.0', '22.23.3', '24.21.0', '26.10.0']
export const ARM64 = '22.23.3'

/** Returns the binary's path. They are kept: each has a hundred megabytes. */
export async function fetchNode(checks, arch, version) {
  const name = `node-linux-${arch}`
  // --force: npm refuses what is for another architecture.
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--force', '--loglevel=error']
  const install = [...(await npmCommand(checks)), 'install', ...options, `${name}@${version}`]
  const folder = cached(`node/${arch}-${version}`, (draft) => {
    writeFileSync(join(draft, 'package.json'), JSON.stringify({ private: true }))
    must(install, { cwd: draft })
  })
  return join(folder, 'node_modules', name, 'bin/node')
}
