// dist/ anew, and the addon when its sources are newer than it is.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { TREE } from './run.mjs'

export async function buildAll(run) {
  if (addonIsStale()) await script(run, 'build:native')
  if (existsSync(join(TREE, 'lib/index.ts'))) await script(run, 'build')
}

export async function script(run, name) {
  const status = await run.exec('npm', ['run', '--silent', name])
  if (status !== 0) throw new Error(`npm run ${name}: ${status}`)
}

function addonIsStale() {
  if (!existsSync(join(TREE, 'binding.gyp'))) return false
  const built = newest(join(TREE, 'build/Release'), /\.node$/)
  return Math.max(newest(join(TREE, 'native'), /./), statSync(join(TREE, 'binding.gyp')).mtimeMs) > built
}

/** The latest modification below a folder, 0 when there is nothing. */
function newest(folder, pattern) {
  if (!existsSync(folder)) return 0
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  const times = files
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs)
  return Math.max(0, ...times)
}
