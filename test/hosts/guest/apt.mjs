// Debian packages of any release, from the mirror that this machine's own apt uses. Installs nothing.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cached } from './cache.mjs'
import { must } from './command.mjs'

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'
const SOURCES = '/etc/apt/sources.list.d'

/** Unpacks packages into `folder`: those named, and, if asked, all that they depend on. */
export function unpack(suite, names, folder, { dependencies = false, architecture = 'amd64' } = {}) {
  const options = optionsFor(suite, architecture)
  const wanted = dependencies ? closure(options, names) : names
  const debs = join(folder, '.debs')
  mkdirSync(debs)
  // apt cannot drop its privileges into a folder of root's.
  must(['apt-get', ...options, 'download', ...wanted], { cwd: debs })
  for (const deb of readdirSync(debs)) must(['dpkg-deb', '--extract', join(debs, deb), folder])
  rmSync(debs, { recursive: true })
}

/** The package that a metapackage stands for. */
export function dependencyOf(suite, metapackage, pattern, architecture = 'amd64') {
  const options = optionsFor(suite, architecture)
  const text = must(['apt-cache', ...options, 'depends', metapackage], { encoding: 'utf8' })
  const name = /Depends: (\S+)/g[Symbol.matchAll](text)
  for (const [, each] of name) if (pattern.test(each)) return each
  throw new Error(`${metapackage} of ${suite} depends on nothing like ${pattern}`)
}

/** As if nothing were installed: the result is the same on each machine, and runs with its own libc. */
function closure(options, names) {
  const plan = must(
    ['apt-get', ...options, 'install', '--simulate', '--yes', '--no-install-recommends', ...names],
    {
      encoding: 'utf8',
    },
  )
  return Array.from(plan.matchAll(/^Inst (\S+)/gm), ([, name]) => name)
}

/** An apt with one source and lists of its own: the machine's stay as they are. */
function optionsFor(suite, architecture) {
  const place = architecture === 'amd64' ? suite : `${suite}-${architecture}`
  const folder = cached(`apt/${place}`, (draft) => {
    mkdirSync(join(draft, 'sources'))
    mkdirSync(join(draft, 'lists/partial'), { recursive: true })
    const source = {
      Types: 'deb',
      URIs: mirrorOf(suite),
      Suites: suite,
      Components: 'main',
      'Signed-By': KEYRING,
    }
    const lines = Object.entries(source).map(([name, value]) => `${name}: ${value}\n`)
    writeFileSync(join(draft, 'sources/one.sources'), lines.join(''))
    must(['apt-get', ...settings(draft, architecture), 'update'])
  })
  return settings(folder, architecture)
}

function settings(folder, architecture) {
  const values = {
    'APT::Architecture': architecture,
    'APT::Architectures': architecture,
    'Dir::Etc::sourcelist': '/dev/null',
    'Dir::Etc::sourceparts': join(folder, 'sources'),
    'Dir::State::Lists': join(folder, 'lists'),
    'Dir::State::status': '/dev/null',
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
    'APT::Sandbox::User': 'root',
    'APT::Update::Error-Mode': 'any',
  }
  return ['--quiet', ...Object.entries(values).flatMap(([name, value]) => ['-o', `${name}=${value}`])]
}

function mirrorOf(suite) {
  const base = suite.endsWith('-security') ? 'debian-security' : 'debian'
  const mirror = process.env.NSKIT_HOSTS_MIRROR
  if (mirror !== undefined) return `${mirror.replace(/\/$/, '')}/${base}`
  const found = new RegExp(`(?:^URIs:\\s*|^deb\\s+(?:\\[.*?\\]\\s*)?)(\\S+/${base})/?(?=\\s|$)`, 'm')
  for (const file of sourceFiles()) {
    const uri = found.exec(readFileSync(file, 'utf8'))?.[1]
    if (uri !== undefined) return uri
  }
  throw new Error(`no mirror with /${base} among apt's sources; NSKIT_HOSTS_MIRROR=URI names one`)
}

function sourceFiles() {
  const parts = existsSync(SOURCES) ? readdirSync(SOURCES).map((name) => join(SOURCES, name)) : []
  return ['/etc/apt/sources.list', ...parts].filter((file) => existsSync(file))
}
