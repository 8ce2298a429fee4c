import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const title = 'Importing the package, in a fresh process'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export async function run(bench) {
  const contenders = [
    { name: "import('nskit')", sample: () => timed("import('nskit')") },
    { name: "import('node:child_process')", sample: () => timed("import('node:child_process')") },
  ]
  const result = await bench.compare('from before the import to after it', 'ms', contenders, { samples: 3 })
  bench.bar("import('nskit')", result.of("import('nskit')"), 'ms', { atMost: 15 })
}

/** Inside the process, so that Node's own start is not counted. */
async function timed(expression) {
  const program = `const begin = performance.now()
    await ${expression}
    console.log(performance.now() - begin)`
  const run = promisify(execFile)
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: ROOT })
  return Number(stdout)
}
