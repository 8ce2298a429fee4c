// npm run test:hosts: the matrix of hosts. As root; fetches kernels and QEMU into a cache (README.md).
//
//   node test/hosts/run.mjs [--kernel 5.10|6.1|6.12|this]... [-- <jest arguments>]
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Results } from '../runner/results.mjs'
import { Run } from '../runner/run.mjs'
import { KERNELS, kernel } from './guest/kernels.mjs'

const FILES = { this: 'this-kernel', ...Object.fromEntries(KERNELS.map((name) => [name, `linux-${name}`])) }

const { values, positionals } = parseArgs({
  options: { kernel: { type: 'string', multiple: true, default: Object.keys(FILES) } },
  allowPositionals: true,
})
const wrong = values.kernel.find((name) => !Object.hasOwn(FILES, name))
if (wrong !== undefined) throw new TypeError(`--kernel ${wrong}: expected ${Object.keys(FILES).join(', ')}`)
if (process.geteuid() !== 0) throw new Error('the hosts are made by root')

const results = new Results()
const run = new Run()
await run.carryOut(results, async () => {
  for (const name of values.kernel.filter((each) => each !== 'this')) {
    await results.check(`kernel ${name}`, () => kernel(name))
  }
  const files = values.kernel.map((name) => `matrix/${FILES[name].replaceAll('.', '\\.')}\\.matrix`)
  const report = join(run.folder, 'report.json')
  const jest = ['node_modules/jest/bin/jest.js', '--config', 'test/hosts/jest.config.cjs', '--ci']
  const args = [...jest, '--json', `--outputFile=${report}`, ...positionals, ...files]
  const status = await run.exec(process.execPath, args, {
    env: { TMPDIR: run.folder },
    // The report is in its file.
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'))
  results.tests('hosts', numPassedTests, numFailedTests)
  if (status !== 0 && numFailedTests === 0) results.fail('jest', `ended with ${status}`)
})
