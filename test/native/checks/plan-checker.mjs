// What the checker of plans lets pass, the stage can use without a look beside it.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { buildProgram, SANITIZE } from '../build.mjs'

const MUTATIONS = '400000'
const RUNS = 500_000
const SECONDS = 10

export const planChecker = {
  name: 'plan checker, mutated plans under ASan and UBSan',
  async run(check, folder) {
    const program = await buildProgram(check, folder, 'decode_mutations.cpp', SANITIZE)
    return check.exec(program, [MUTATIONS])
  },
}

export const planFuzzer = {
  name: 'plan checker, libFuzzer',
  async run(check, folder) {
    const fuzzer = await buildProgram(
      check,
      folder,
      'decode_fuzzer.cpp',
      ['-g', '-O1', '-fsanitize=fuzzer,address,undefined', '-fno-sanitize-recover=all'],
      'clang++',
    )
    const seeds = join(folder, 'seeds')
    mkdirSync(seeds)
    const writer = await buildProgram(check, folder, 'decode_mutations.cpp', ['-O1'])
    await check.exec(writer, ['10000', seeds])
    const limits = [`-runs=${RUNS}`, `-max_total_time=${SECONDS}`, '-max_len=4096', '-timeout=20']
    const artifacts = `-artifact_prefix=${folder}/`
    const { ending, output } = await check.run(fuzzer, [
      '-seed=1',
      ...limits,
      artifacts,
      '-verbosity=0',
      '-print_final_stats=1',
      seeds,
    ])
    const runs = Number(/number_of_executed_units:\s*(\d+)/.exec(output)?.[1])
    if (ending !== 0 || !(runs > 1000)) throw new Error(`${ending} after ${runs} inputs\n${output}`)
    return `${runs} inputs`
  },
}
