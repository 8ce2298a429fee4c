import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(__dirname, '../..')

/** What each call does in a process that says it runs on macOS. */
const SCRIPT = `
  Object.defineProperty(process, 'platform', { value: 'darwin' })
  const nskit = require('nskit')
  const raw = require('nskit/raw')
  const calls = {
    spawn: () => nskit.spawn('true'),
    spawnSync: () => nskit.spawnSync('true'),
    execFile: () => nskit.execFile('true'),
    explain: () => nskit.explain('true'),
    toOciSpec: () => nskit.toOciSpec('true'),
    fromOciSpec: () => nskit.fromOciSpec({}),
    'Namespace.of': () => nskit.Namespace.of('self', 'net'),
    'IdMap.read': () => nskit.IdMap.read('self', 'uid'),
    'raw.unshare': () => raw.unshare(0),
    'raw.writeUidMap': () => raw.writeUidMap(1, ''),
    pure: () => nskit.IdMap.fromSpec('0:100000:65536').toHost(5),
  }
  const said = {}
  for (const [name, call] of Object.entries(calls)) {
    try { said[name] = call() } catch (error) { said[name] = error.code }
  }
  nskit.createNamespaces(['net']).catch((error) => {
    said.createNamespaces = error.code
    console.log(JSON.stringify(said))
  })
`

test('off Linux the package can be imported, pure functions work, and the rest says what is the matter', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', SCRIPT], { cwd: root, encoding: 'utf8' })
  expect(stderr).toBe('')
  const { pure, ...said } = JSON.parse(stdout)
  expect(pure).toBe(100005)
  for (const code of Object.values(said)) expect(code).toBe('ERR_NSKIT_UNSUPPORTED_PLATFORM')
  expect(Object.keys(said)).toHaveLength(11)
})

test('import and require give the same classes', () => {
  const script =
    "import { SetupError } from 'nskit'; import { createRequire } from 'node:module'; console.log(createRequire(import.meta.url)('nskit').SetupError === SetupError)"
  const { stdout } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', script.replace('import.meta.url', `'file://${root}/x.mjs'`)],
    { cwd: root, encoding: 'utf8' },
  )
  expect(stdout).toBe('true\n')
})
