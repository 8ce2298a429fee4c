// The parts that are not jest's: lint, types, doc comments, the native tests, the demo.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { script } from './build.mjs'
import { TREE } from './run.mjs'

export async function staticChecks(run, results) {
  await results.check('lint', () => script(run, 'lint'))
  await results.check('types', () => script(run, 'types'))
  if (existsSync(join(TREE, 'test-d'))) await results.check('public types', () => script(run, 'types:public'))
  await results.check('API reference', () => script(run, 'docs:check'))
}

export async function nativeTests(run, results) {
  await program(run, results, 'native tests', 'test/native/run.mjs')
}

export async function demo(run, results) {
  await program(run, results, 'demo', 'examples/demo.mjs')
}

async function program(run, results, name, path) {
  if (!existsSync(join(TREE, path))) return
  await results.check(name, async () => {
    const status = await run.exec(process.execPath, [path])
    if (status !== 0) throw new Error(`${path}: ${status}`)
  })
}
