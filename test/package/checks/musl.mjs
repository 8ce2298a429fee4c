// The tarball where the C library is musl: compiled from source, and loaded.
import { join } from 'node:path'
import { muslBun } from '../musl/bun.mjs'
import { muslTools } from '../musl/toolchain.mjs'
import { install, installed, tarball } from '../packed.mjs'

/** Of the host's program: Node-API, and libuv. */
const HOSTS = /^(napi_|node_api_|uv_)/
const PROGRAMS = ['imported.mjs', 'required.cjs', 'workers.mjs']

export const muslBuild = {
  name: 'built from source for musl',
  async run(checks) {
    const addon = join(installed(await project(checks)), 'build/Release/nskit.node')
    const dynamic = await readelf(checks, '--dynamic', addon)
    const needed = [...dynamic.matchAll(/\(NEEDED\).*\[(.+)\]/g)].map(([, name]) => name)
    const symbols = await readelf(checks, '--dyn-syms', addon)
    const versioned = [...symbols.matchAll(/ UND (\S+@\S+)/g)].map(([, name]) => name)
    const wrong = [...needed.filter((name) => name !== 'libc.so'), ...versioned]
    if (wrong.length > 0) throw new Error(`not musl's: ${wrong.join(', ')}`)
    const asked = [...symbols.matchAll(/ UND (\w+)/g)].map(([, name]) => name)
    return `${asked.filter((name) => !HOSTS.test(name)).length} names of libc`
  },
}

export const muslLoad = {
  name: 'loaded on musl',
  async run(checks) {
    const { bun, libraries } = await muslBun(checks)
    const folder = await project(checks)
    const addon = join(installed(folder), 'build/Release/nskit.node')
    for (const program of PROGRAMS) {
      const env = {
        PATH: process.env.PATH,
        LD_LIBRARY_PATH: libraries,
        BUN_RUNTIME_TRANSPILER_CACHE_PATH: '0',
      }
      const printed = await checks.exec(bun, [program], { cwd: folder, env })
      for (const line of printed.split('\n'))
        if (JSON.parse(line).addon !== addon) throw new Error(`${program} used ${line}`)
    }
    return 'by Bun, without what needs uv_poll'
  },
}

/** As on Alpine Linux: npm's install script finds nothing prebuilt, and compiles. */
function project(checks) {
  return checks.shared('musl', async (folder) => {
    const [tools, { path }] = [await muslTools(checks), await tarball(checks)]
    await install(checks, folder, path, { ...tools, JOBS: 'max', LIBC: 'musl' })
    return folder
  })
}

function readelf(checks, option, file) {
  return checks.exec(checks.tool('readelf'), ['--wide', option, file], {
    env: { ...process.env, LC_ALL: 'C' },
  })
}
