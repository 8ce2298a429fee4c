// npm run bench: nskit beside its peers, in one run, as ratios. Figures are medians over rounds with p25–p75.
import { fork } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { describeMachine, loadAverage } from './harness/machine.mjs'
import { printReport } from './harness/print.mjs'

const SUITES = readdirSync(new URL('./suites', import.meta.url))
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => file.slice(0, -'.mjs'.length))
  .sort()

const HELP = `usage: npm run bench -- [--quick] [--only SUITE]... [--rounds N] [--json]

  --quick     fewer rounds and samples: for a look, not for a claim
  --only      one of: ${SUITES.join(', ')}; may be given again
  --rounds    rounds of each comparison (default 15, with --quick 5)
  --json      everything that was measured, as JSON
`

const options = optionsOrUsage()
if (options === undefined) {
  process.exitCode = 2
} else if (options.help) {
  process.stdout.write(HELP)
} else {
  if (!existsSync(new URL('../dist/index.mjs', import.meta.url)))
    throw new Error('no dist/: run npm run build first')
  const report = { machine: describeMachine(), load: [loadAverage()], quick: options.quick, suites: [] }
  for (const name of options.suites) {
    process.stderr.write(`${name} …\n`)
    report.suites.push({ name, ...(await runSuite(name, options)) })
  }
  report.load.push(loadAverage())
  if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  else printReport(report)
}

function optionsOrUsage() {
  try {
    return readOptions()
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${HELP}`)
    return undefined
  }
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      rounds: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const { quick, only = SUITES, json, help } = values
  const unknown = only.find((name) => !SUITES.includes(name))
  if (unknown !== undefined) throw new TypeError(`--only ${unknown}: expected one of ${SUITES.join(', ')}`)
  const rounds = Number(values.rounds ?? (quick ? 5 : 15))
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new RangeError(`--rounds ${values.rounds}: expected a whole number`)
  return { quick, suites: SUITES.filter((name) => only.includes(name)), rounds, json, help }
}

/** In a process of its own: what one suite leaves in memory must not weigh on the next. */
function runSuite(name, { rounds, quick }) {
  const child = fork(fileURLToPath(new URL('./harness/suite-process.mjs', import.meta.url)), [
    JSON.stringify({ name, rounds, quick }),
  ])
  return new Promise((resolve, reject) => {
    let result
    child.on('message', (message) => {
      result = message
    })
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      if (result !== undefined && code === 0) resolve(result)
      else reject(new Error(`suite ${name} ended with ${signal ?? code}`))
    })
  })
}
