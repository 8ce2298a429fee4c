// The tarball, made as a release makes it but in a copy of the tree, and projects that it is installed into.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { ARCHES, binaries } from '../../scripts/prebuilds/targets.mjs'
import { TREE } from '../support/checks.mjs'

const CONSUMER = join(TREE, 'test/package/consumer')

/** What a clone does not have, and what is made anew. */
const LEFT_OUT = ['.git', 'node_modules', 'build', 'dist', 'coverage']

/** { path, files, size, unpackedSize } of the tarball; files as `npm pack --json` lists them. */
export function tarball(checks) {
  return checks.shared('tarball', async (folder) => {
    await upToDatePrebuilds(checks)
    const clone = join(folder, 'clone')
    mkdirSync(clone)
    for (const name of readdirSync(TREE).filter((each) => !LEFT_OUT.includes(each))) {
      cpSync(join(TREE, name), join(clone, name), { recursive: true, verbatimSymlinks: true })
    }
    symlinkSync(join(TREE, 'node_modules'), join(clone, 'node_modules'))
    const printed = await npm(checks, ['pack', '--json', '--pack-destination', folder], { cwd: clone })
    // prepack's own output comes before it.
    const [packed] = JSON.parse(printed.slice(printed.search(/^\[$/m)))
    return { ...packed, path: join(folder, packed.filename), clone }
  })
}

/** As a release does it, but only where a source is newer. */
async function upToDatePrebuilds(checks) {
  const stale = ARCHES.filter(
    (arch) => oldest(binaries(TREE, arch)) < newest(['native', 'binding.gyp', 'scripts/prebuilds']),
  )
  if (stale.length === 0) return
  const options = stale.flatMap((arch) => ['--arch', arch])
  await checks.exec(process.execPath, [join(TREE, 'scripts/prebuilds/build.mjs'), ...options])
}

function oldest(files) {
  return Math.min(...files.map((file) => (existsSync(file) ? statSync(file).mtimeMs : 0)))
}

function newest(names) {
  const files = names.flatMap((name) => {
    const path = join(TREE, name)
    if (!statSync(path).isDirectory()) return [path]
    return readdirSync(path, { recursive: true }).map((each) => join(path, each))
  })
  return Math.max(...files.map((file) => statSync(file).mtimeMs))
}

/** A project with the package and the test's programs in it, installed where there is no compiler. */
export function project(checks) {
  return checks.shared('project', async (folder) => {
    const { path } = await tarball(checks)
    await install(checks, folder, path, { PATH: await toolless(checks) })
    return folder
  })
}

/** npm's cache is an empty one: nothing of an earlier installation is met. */
export async function install(checks, folder, packed, env = {}) {
  cpSync(CONSUMER, folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true }))
  const options = ['--no-audit', '--no-fund', '--foreground-scripts', '--cache', join(folder, '.npm')]
  return npm(checks, ['install', ...options, packed], {
    cwd: folder,
    env: { ...installEnvironment(), ...env },
  })
}

/** Without what `npm run` hands down to its children, such as the headers' place. */
function installEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)))
}

/** A PATH with node and a shell: what an installation needs. */
export function toolless(checks) {
  return checks.shared('toolless', async (folder) => {
    symlinkSync(process.execPath, join(folder, 'node'))
    for (const name of ['sh', 'env']) symlinkSync(checks.tool(name), join(folder, name))
    return folder
  })
}

/** By its file: a PATH without tools has none. */
export async function npmCommand(checks) {
  const cli = process.env.npm_execpath ?? (await checks.exec(checks.tool('realpath'), [checks.tool('npm')]))
  return [process.execPath, cli]
}

async function npm(checks, args, options) {
  const [node, cli] = await npmCommand(checks)
  return checks.exec(node, [cli, ...args], options)
}

export function installed(folder) {
  return join(folder, 'node_modules/nskit')
}

export function manifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}
