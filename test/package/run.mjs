// The package as its users get it: built for other hosts, packed, installed, imported.
//
//   node test/package/run.mjs [--release] [NAME...]
//
// --release also compiles the package from its tarball, which npm ci does in the tree, once more for musl, and starts a
// machine for arm64.
// With words, only the checks whose name contains one of them.
//
// Needs the npm registry. One line a check. A tool that is not installed leaves its checks out, which is said; with
// CI=true it fails them.
import { parseArgs } from 'node:util'
import { Checks } from '../support/checks.mjs'
import { armMachine } from './checks/arm-machine.mjs'
import { armSmoke } from './checks/arm-smoke.mjs'
import { bundledEverything, bundledWithoutNskit } from './checks/bundle.mjs'
import { contents, inspection, metadata } from './checks/contents.mjs'
import { importTime } from './checks/import-time.mjs'
import { muslBuild, muslLoad } from './checks/musl.mjs'
import { forbiddenMemfd, smokes, withoutPrebuilt } from './checks/smoke.mjs'
import { sourceBuild } from './checks/source-build.mjs'
import { strictTypes } from './checks/types.mjs'

const { values, positionals } = parseArgs({
  options: { release: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const isChosen = ({ name }) => positionals.length === 0 || positionals.some((word) => name.includes(word))
const checks = new Checks('package')
const all = [
  contents,
  inspection,
  metadata,
  ...smokes,
  withoutPrebuilt,
  forbiddenMemfd,
  importTime,
  bundledWithoutNskit,
  bundledEverything,
  strictTypes,
  armSmoke,
  ...(values.release ? [sourceBuild, muslBuild, muslLoad, armMachine] : []),
]
try {
  await checks.all(all.filter(isChosen))
} finally {
  checks.cleanUp()
}
console.log(`${checks.passed} passed, ${checks.failed} failed, ${checks.leftOut} not run`)
process.exitCode = checks.failed === 0 ? 0 : 1
