// The addon for other hosts, by prebuildify: node scripts/prebuilds/build.mjs [--arch x64|arm64]... [--out FOLDER]
//
// Built in a copy: what the package carries of its sources must be enough, and build/ stays as it is.
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { inspectPrebuild } from './inspect.mjs'
import { folderOf, STAGE, TARGETS } from './targets.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const SOURCES = ['package.json', 'binding.gyp', 'native']
const SETTINGS = { GYP_DEFINES: 'nskit_portable=1', PREBUILD_LIBC: 'glibc', JOBS: process.env.JOBS ?? 'max' }

const { values } = parseArgs({
  options: { arch: { type: 'string', multiple: true }, out: { type: 'string', default: root } },
})
const arches = values.arch ?? Object.keys(TARGETS)
const unknown = arches.find((arch) => !Object.hasOwn(TARGETS, arch))
if (unknown !== undefined)
  throw new TypeError(`--arch ${unknown}: expected ${Object.keys(TARGETS).join(', ')}`)
const out = resolve(values.out)

const copy = mkdtempSync(join(tmpdir(), 'nskit-prebuild-'))
try {
  for (const name of SOURCES) cpSync(join(root, name), join(copy, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  for (const arch of arches) prebuild(arch)
} finally {
  rmSync(copy, { recursive: true, force: true })
}

function prebuild(arch) {
  const folder = join(out, folderOf(arch))
  rmSync(folder, { recursive: true, force: true })
  const options = ['--napi', '--strip', '--tag-libc', '--arch', arch, '--cwd', copy, '--out', out]
  const { status, error } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/prebuildify/bin.js'), ...options],
    {
      stdio: 'inherit',
      env: { ...process.env, ...toolsOf(arch), ...headers(), ...SETTINGS },
    },
  )
  if (status !== 0) throw new Error(`prebuildify for ${arch}: ${error?.message ?? status}`)
  const stage = join(folder, STAGE)
  copyFileSync(join(copy, 'build/Release', STAGE), stage)
  chmodSync(stage, 0o755)
  console.log(`${folderOf(arch)}: loads on glibc ${inspectPrebuild(out, arch)} and newer`)
}

/** All are named, also at home: gyp builds for the host with CC_host, and would take the caller's for both. */
function toolsOf(arch) {
  const { tools } = TARGETS[arch]
  return {
    CC: `${tools}gcc`,
    CXX: `${tools}g++`,
    LINK: `${tools}g++`,
    AR: `${tools}ar`,
    PREBUILD_STRIP_BIN: `${tools}strip`,
  }
}

/** Node's own headers where they are installed with it; else node-gyp fetches them. */
function headers() {
  const prefix = process.env.npm_config_nodedir ?? dirname(dirname(process.execPath))
  return existsSync(join(prefix, 'include/node/node_api.h')) ? { npm_config_nodedir: prefix } : {}
}
