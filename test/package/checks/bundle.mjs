// A user's program, bundled by esbuild.
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { folderOf } from '../../../scripts/prebuilds/targets.mjs'
import { installed, project } from '../packed.mjs'

const FORMATS = { esm: 'bundle.mjs', cjs: 'bundle.cjs' }

/** As docs say: the package stays outside, as every package with an addon does. */
export const bundledWithoutNskit = {
  name: 'bundled, nskit external',
  async run(checks) {
    const folder = await project(checks)
    for (const [format, name] of Object.entries(FORMATS)) {
      const outfile = join(folder, name)
      await build({ ...options(folder, format), external: ['nskit'], outfile })
      await checks.exec(process.execPath, [outfile], { cwd: folder })
    }
    return Object.keys(FORMATS).join(', ')
  },
}

/** All in one file but the binaries: they lie beside the program's own package.json, as they do in the package. */
export const bundledEverything = {
  name: 'bundled, nskit inside',
  async run(checks) {
    const source = await project(checks)
    return checks.shared('bundled', async (folder) => {
      const outfile = join(folder, 'dist/program.cjs')
      // Else a name that stands twice in one file gets a number, also of a class.
      await build({ ...options(source, 'cjs'), keepNames: true, outfile })
      writeFileSync(join(folder, 'package.json'), '{}')
      cpSync(join(installed(source), 'prebuilds'), join(folder, 'prebuilds'), { recursive: true })
      const { addon } = JSON.parse(await checks.exec(process.execPath, [outfile], { cwd: folder }))
      if (!addon.startsWith(join(folder, folderOf(process.arch)))) throw new Error(`used ${addon}`)
    })
  },
}

function options(folder, format) {
  const entry = format === 'cjs' ? 'required.cjs' : 'imported.mjs'
  return {
    entryPoints: [join(folder, entry)],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format,
    logLevel: 'silent',
  }
}
