// The same tarball where no prebuilt addon fits: npm compiles it.
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { install, installed, tarball } from '../packed.mjs'

export const sourceBuild = {
  name: 'built from source',
  async run(checks) {
    for (const name of ['g++', 'make', 'python3']) checks.tool(name)
    const { path } = await tarball(checks)
    return checks.shared('source', async (folder) => {
      await install(checks, folder, path, { npm_config_build_from_source: 'true', JOBS: 'max', ...headers() })
      const addon = join(installed(folder), 'build/Release/nskit.node')
      const used = JSON.parse(await checks.exec(process.execPath, ['imported.mjs'], { cwd: folder }))
      if (used.addon !== addon) throw new Error(`${readdirSync(installed(folder))}: used ${used.addon}`)
    })
  },
}

/** Node's own where they are installed with it: they need no download. */
function headers() {
  const prefix = dirname(dirname(process.execPath))
  return existsSync(join(prefix, 'include/node/node_api.h')) ? { npm_config_nodedir: prefix } : {}
}
