// npm's install step: takes the prebuilt addon that fits this machine, or compiles it.
import { spawnSync } from 'node:child_process'

// The package imports on any platform and says there that it is unsupported: its install must not fail either.
if (process.platform === 'linux') {
  // npm puts the dependencies' programs into PATH.
  const { status, error } = spawnSync('node-gyp-build', { stdio: 'inherit', shell: false })
  if (error) throw error
  process.exitCode = status ?? 1
}
