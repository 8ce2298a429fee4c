// Programs that come as packages of the npm registry.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cached } from '../hosts/guest/cache.mjs'
import { must } from '../hosts/guest/command.mjs'
import { npmCommand } from './packed.mjs'

/** Returns the node_modules that one version of a package was installed into. It is kept: each has a hundred megabytes. */
export async function fetchPackage(checks, name, version, place) {
  // --force: npm refuses what is for another architecture, or another libc.
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--force', '--loglevel=error']
  const install = [...(await npmCommand(checks)), 'install', ...options, `${name}@${version}`]
  const folder = cached(place, (draft) => {
    writeFileSync(join(draft, 'package.json'), JSON.stringify({ private: true }))
    must(install, { cwd: draft })
  })
  return join(folder, 'node_modules')
}
