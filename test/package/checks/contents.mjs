// What is in the tarball, and what its metadata promises.
import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspectPrebuild } from '../../../scripts/prebuilds/inspect.mjs'
import { ADDON, ARCHES, binaries, folderOf, STAGE } from '../../../scripts/prebuilds/targets.mjs'
import { TREE } from '../../support/checks.mjs'
import { installed, manifest, project, tarball } from '../packed.mjs'

/** Of the package's own folder; native/ and dist/ are compared with what they come from. */
const FILES = ['CHANGELOG.md', 'LICENSE', 'README.md', 'binding.gyp', 'package.json', 'scripts/install.mjs']
const PREBUILDS = ARCHES.flatMap((arch) => binaries('', arch))

export const contents = {
  name: 'contents',
  async run(checks) {
    const { files, size, unpackedSize } = await tarball(checks)
    const root = installed(await project(checks))
    const names = files.map(({ path }) => path).filter((path) => !path.startsWith('dist/'))
    equalSets(names, [...FILES, ...PREBUILDS, ...under(TREE, 'native')])
    distIsWhole(root)
    const versions = ARCHES.map((arch) => `${arch} on glibc ${inspectPrebuild(root, arch)}`)
    const count = `${files.length} files, ${kilobytes(size)} packed, ${kilobytes(unpackedSize)} unpacked`
    return `${count}; ${versions.join(', ')}`
  },
}

/** The addon that the tree compiled for this host alone is none for others, and inspectPrebuild() says why. */
export const inspection = {
  name: 'a plain build is refused',
  run(checks) {
    return checks.shared('plain', (folder) => {
      const place = join(folder, folderOf(process.arch))
      mkdirSync(place, { recursive: true })
      const built = join(TREE, 'build/Release')
      if (!existsSync(built)) checks.missing('npm run build:native has not run')
      copyFileSync(join(built, 'nskit.node'), join(place, ADDON))
      copyFileSync(join(built, STAGE), join(place, STAGE))
      assert.throws(() => inspectPrebuild(folder, process.arch), /it needs libstdc\+\+\.so\.6/)
    })
  },
}

export const metadata = {
  name: 'metadata, publint and attw',
  async run(checks) {
    const { path } = await tarball(checks)
    await checks.exec(process.execPath, [program('publint'), path, '--strict'])
    await checks.exec(process.execPath, [program('@arethetypeswrong/cli'), path, '--profile', 'node16'])
  },
}

function program(name) {
  const folder = join(TREE, 'node_modules', name)
  const { bin } = manifest(folder)
  return join(folder, typeof bin === 'string' ? bin : Object.values(bin)[0])
}

/** Every file that another one or the manifest asks for is there; no source, map or test is. */
function distIsWhole(root) {
  const present = under(root, 'dist')
  const wrong = present.filter((name) => !/\.(cjs|mjs|d\.ts|d\.mts)$/.test(name))
  if (wrong.length > 0) throw new Error(`in dist/, but neither program nor types: ${wrong.join(', ')}`)
  const asked = [...manifestFiles(root), ...present.flatMap((name) => referred(root, name))]
  const absent = asked.filter((name) => !present.includes(name))
  if (absent.length > 0) throw new Error(`not packed: ${[...new Set(absent)].join(', ')}`)
}

function manifestFiles(root) {
  const { main, module, types, bin, exports } = manifest(root)
  const values = JSON.stringify([main, module, types, bin, exports]).matchAll(/"(?:\.\/)?(dist\/[^"]+)"/g)
  return [...values].map(([, name]) => name)
}

/** Names in dist/ are flat but for types, which the compiler checks. */
function referred(root, name) {
  if (/\.d\.m?ts$/.test(name)) return []
  const text = readFileSync(join(root, name), 'utf8')
  return [...text.matchAll(/(?:require\(|from )["']\.\/([^"']+)["']/g)].map(([, file]) => `dist/${file}`)
}

function under(root, folder) {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
}

function equalSets(actual, expected) {
  const extra = actual.filter((name) => !expected.includes(name))
  const absent = expected.filter((name) => !actual.includes(name))
  if (extra.length + absent.length === 0) return
  throw new Error(`not expected: ${extra.join(', ') || 'none'}; missing: ${absent.join(', ') || 'none'}`)
}

function kilobytes(size) {
  return `${Math.round(size / 1000)} kB`
}
