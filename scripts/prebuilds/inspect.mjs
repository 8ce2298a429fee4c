// What a prebuilt folder must be, read from its files: throws with all that is wrong with it.
import { execFileSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ADDON, folderOf, GLIBC, STAGE, TARGETS } from './targets.mjs'

/** The C library, and its loader, which has __tls_get_addr. Anything else the host might not have. */
const LIBRARIES = /^(libc\.so\.6|ld-linux-(x86-64\.so\.2|aarch64\.so\.1))$/

/** Returns the newest glibc version that the addon asks for. */
export function inspectPrebuild(root, arch) {
  const folder = join(root, folderOf(arch))
  const [addon, stage] = [join(folder, ADDON), join(folder, STAGE)]
  for (const file of [addon, stage]) if (!existsSync(file)) throw new Error(`${file} is missing`)
  if ((statSync(stage).mode & 0o111) !== 0o111) throw new Error(`${stage} is not executable`)

  const versions = symbolVersions(addon)
  const wrong = [
    ...[addon, stage]
      .filter((file) => !machineOf(file).includes(TARGETS[arch].machine))
      .map((file) => `${file}: not for ${arch}`),
    ...versions.filter(({ version }) => !isOld(version)).map(({ name, version }) => `${name} is ${version}`),
    ...neededLibraries(addon)
      .filter((name) => !LIBRARIES.test(name))
      .map((name) => `it needs ${name}`),
    ...neededLibraries(stage).map((name) => `${STAGE} needs ${name}`),
  ]
  if (wrong.length > 0) throw new Error(`${addon}, for glibc ${GLIBC}:\n  ${wrong.join('\n  ')}`)
  return versions
    .map(({ version }) => version.slice('GLIBC_'.length))
    .sort(compareVersions)
    .at(-1)
}

/** GLIBC_PRIVATE, and libstdc++'s and libgcc's names, count as new: nothing of them may be asked for. */
function isOld(version) {
  const [, number] = /^GLIBC_([\d.]+)$/.exec(version) ?? []
  return number !== undefined && compareVersions(number, GLIBC) <= 0
}

function compareVersions(a, b) {
  return a.localeCompare(b, 'en', { numeric: true })
}

/** Undefined symbols with the versions that they are bound to. */
function symbolVersions(file) {
  return [...readelf('--dyn-syms', file).matchAll(/ UND (\S+?)@(\S+)/g)].map(([, name, version]) => ({
    name,
    version,
  }))
}

function neededLibraries(file) {
  return [...readelf('--dynamic', file).matchAll(/\(NEEDED\).*\[(.+)\]/g)].map(([, name]) => name)
}

function machineOf(file) {
  return /Machine:\s+(.*)/.exec(readelf('--file-header', file))?.[1] ?? ''
}

/** Any binutils' readelf reads any machine's files. */
function readelf(option, file) {
  return execFileSync('readelf', ['--wide', option, file], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  })
}
