import { runScript } from '../support/script'

const HELP = `
  const { execFile, spawn, spawnSync } = require('nskit')
  const print = (value) => console.log(JSON.stringify(value))
  const seen = async (options, name = 'MARK') =>
    (await execFile('/bin/sh', ['-c', 'echo "$' + name + '"'], options)).stdout.trim();
`

async function says(code: string, env: NodeJS.ProcessEnv = {}): Promise<unknown> {
  const { stdout, stderr } = await runScript(`${HELP}(async () => { ${code} })()`, env)
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

describe('the environment of the command', () => {
  test("is this process's by default, as it is now", async () => {
    const code =
      "process.env.LATER = 'set'; delete process.env.GONE; print([await seen({}), await seen({}, 'LATER'), await seen({}, 'GONE')])"
    expect(await says(code, { MARK: 'inherited', GONE: 'still here' })).toEqual(['inherited', 'set', ''])
  })

  test('is `env` alone where that is given', async () => {
    expect(
      await says("print([await seen({ env: { A: 'x' } }), await seen({ env: { A: 'x' } }, 'A')])", {
        MARK: 'inherited',
      }),
    ).toEqual(['', 'x'])
  })

  test('of a Worker is the copy that the Worker has', async () => {
    const code = `
      const { Worker } = require('node:worker_threads')
      const body = \`${HELP.replaceAll('`', '\\`').replaceAll('$', '\\$')} process.env.MARK = 'worker'; seen({}).then((text) => require('node:worker_threads').parentPort.postMessage(text))\`
      new Worker(body, { eval: true }).on('message', async (text) => print([text, await seen({})]))`
    expect(await says(code, { MARK: 'main' })).toEqual(['worker', 'main'])
  })

  test('may be replaced by an ordinary object', async () => {
    expect(await says("process.env = { MARK: 'replaced' }; print(await seen({}))", { MARK: 'real' })).toBe(
      'replaced',
    )
  })

  test('has the PATH in which the command is looked up', async () => {
    const code = `
      const lookup = (env) => execFile('sh', ['-c', 'echo found'], { env }).then(({ stdout }) => stdout.trim(), ({ code }) => code)
      print([await lookup({ PATH: '/no/such/folder' }), await lookup({ PATH: '/no/such/folder:/bin' }), await lookup({})])`
    expect(await says(code)).toEqual(['ENOENT', 'found', 'found'])
  })
})

test('an argument that is too long for the kernel is an error of exec', async () => {
  const code = `
    const of = (promise) => promise.then(() => 'ran', ({ code, step }) => [code, step])
    print([await of(execFile('true', ['x'.repeat(200_000)])), await of(execFile('true', ['x'.repeat(17 << 20)]))])`
  expect(await says(code)).toEqual([
    ['E2BIG', 'exec'],
    ['E2BIG', 'exec'],
  ])
})
