// The same tarball where no prebuilt addon fits: npm compiles it.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { install, installed, tarball } from '../packed.mjs'

export const sourceBuild = {
  name: 'built from source',
  async run(checks) {
    for (const name of ['g++', 'make', 'python3']) checks.tool(name)
    const { path } = await tarball(checks)
    return checks.shared('source', async (folder) => {
      await install(checks, folder, path, { npm_config_build_from_source: 'true', JOBS: 'max' })
      const addon = join(installed(folder), 'build/Release/nskit.node')
      const used = JSON.parse(await checks.exec(process.execPath, ['imported.mjs'], { cwd: folder }))
      if (used.addon !== addon) throw new Error(`${readdirSync(installed(folder))}: used ${used.addon}`)
    })
  },
}
