// npm's install step: takes the prebuilt addon that fits this machine, or compiles it.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

// The package imports on any platform and says there that it is unsupported: its install must not fail either.
if (process.platform === 'linux') {
  // npm puts the dependencies' programs into PATH.
  const env = { ...installedHeaders(), ...process.env }
  const { status, error } = spawnSync('node-gyp-build', { stdio: 'inherit', shell: false, env })
  if (error) throw error
  process.exitCode = status ?? 1
}

/** Node's own headers where they came with it: node-gyp would download them, which not every machine may. */
function installedHeaders() {
  const prefix = dirname(dirname(process.execPath))
  const has = (name) => existsSync(join(prefix, 'include/node', name))
  return has('node_api.h') && has('common.gypi') ? { npm_config_nodedir: prefix } : {}
}
