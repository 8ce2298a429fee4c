// The stage as it is installed, and hosted, where the sanitizers see into it.
import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { TREE } from '../../support/checks.mjs'
import { commandProbe, PROGRAMS, SANITIZE, stageDriver, stageSources, WARN } from '../build.mjs'

/** The probe's exit status where all is right. */
export const PROBED = '42'
const REAL_MUTATIONS = '4000'
const HOSTED_MUTATIONS = '300'

export const BUILT = join(TREE, 'build/Release/nskit-stage')

/** A copy where any user reaches it. */
function copyOfStage(folder) {
  if (!existsSync(BUILT)) throw new Error(`${BUILT} is not there: npm run build:native`)
  const copy = join(folder, 'nskit-stage')
  copyFileSync(BUILT, copy)
  return copy
}

export const realStage = {
  name: 'stage, good, malformed and mutated plans',
  async run(check, folder) {
    const [driver, probe] = [await stageDriver(check), await commandProbe(check)]
    const stage = copyOfStage(folder)
    const malformed = await check.exec(driver, ['plans', stage])
    await check.exec(driver, ['command', PROBED, stage, '--', probe, '--last'])
    const mutated = await check.exec(driver, ['mutations', REAL_MUTATIONS, stage])
    return `${malformed}; ${mutated}`
  },
}

export const stageUnderValgrind = {
  name: 'stage, valgrind',
  async run(check, folder) {
    // A fault's 9 is none of the statuses that the driver expects.
    const valgrind = [check.tool('valgrind'), '--quiet', '--error-exitcode=9']
    const [driver, probe] = [await stageDriver(check), await commandProbe(check)]
    const stage = copyOfStage(folder)
    const malformed = await check.exec(driver, ['plans', ...valgrind, stage])
    await check.exec(driver, ['command', PROBED, ...valgrind, stage, '--', probe, '--last'])
    return malformed
  },
}

export const hostedStage = {
  name: 'stage, hosted under ASan and UBSan',
  async run(check, folder) {
    const [driver, probe] = [await stageDriver(check), await commandProbe(check)]
    const stage = await buildHosted(check, folder)
    // A fault must be a signal: an exit status could be the stage's own. The stage leaves without a leak check.
    const env = {
      ...process.env,
      ASAN_OPTIONS: 'abort_on_error=1',
      UBSAN_OPTIONS: 'abort_on_error=1:print_stacktrace=1',
    }
    await check.exec(driver, ['plans', stage], { env })
    await check.exec(driver, ['command', PROBED, stage, '--', probe, '--last'], { env })
    return check.exec(driver, ['mutations', HOSTED_MUTATIONS, stage], { env })
  },
}

/** All of it but its entry and its own memcpy, which here are the C library's. */
async function buildHosted(check, folder) {
  const compiler = check.tool('g++')
  const start = join(folder, 'start.o')
  const entry = stageSources().find((source) => source.endsWith('/start.cpp'))
  const rest = stageSources().filter((source) => source !== entry)
  await check.exec(compiler, [...WARN, '-Os', '-ffreestanding', '-c', entry, '-o', start])
  const hidden = ['memcpy', 'memset', 'memmove'].map((name) => `--localize-symbol=${name}`)
  await check.exec(check.tool('objcopy'), ['--redefine-sym', '_start=nskit_start', ...hidden, start])
  const stage = join(folder, 'nskit-stage')
  const hosted = join(PROGRAMS, 'hosted_stage.cpp')
  await check.exec(compiler, [...WARN, ...SANITIZE, ...rest, hosted, start, '-o', stage])
  return stage
}
