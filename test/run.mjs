// npm test: the build, the static checks, the native tests, then the jest tests in each mode, then the demo.
//
//   node test/run.mjs [--mode root|user|userns]... [--no-build] [-- <jest arguments>]
//
// root: as the caller, who is root. user: an ordinary user made for the run, with subordinate ids.
// userns: root of a user namespace, as in a rootless container. See test/runner/modes.mjs.
import { parseArgs } from 'node:util'
import { buildAll } from './runner/build.mjs'
import { demo, nativeTests, staticChecks } from './runner/checks.mjs'
import { jestInMode } from './runner/jest.mjs'
import { chooseModes, MODES } from './runner/modes.mjs'
import { Results } from './runner/results.mjs'
import { Run } from './runner/run.mjs'

const { values, positionals } = parseArgs({
  options: {
    mode: { type: 'string', multiple: true },
    'no-build': { type: 'boolean', default: false },
  },
  allowPositionals: true,
})
const unknown = values.mode?.find((name) => !Object.hasOwn(MODES, name))
if (unknown !== undefined) throw new TypeError(`--mode ${unknown}: expected ${Object.keys(MODES).join(', ')}`)

/** Who names jest tests wants those alone. */
const everything = positionals.length === 0

const results = new Results()
const run = new Run()
await run.carryOut(results, async () => {
  if (!values['no-build']) await results.check('build', () => buildAll(run))
  if (everything) {
    await staticChecks(run, results)
    await nativeTests(run, results)
  }
  for (const mode of chooseModes(values.mode, results)) await jestInMode(run, mode, positionals, results)
  if (everything) await demo(run, results)
})
