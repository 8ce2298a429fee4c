import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../../lib/native/root'

const PACKAGE = join(packageRoot, 'dist/index.cjs')

/** What Node writes when nobody catches what this throws. */
function uncaught(call: string): string {
  const program = `require(${JSON.stringify(PACKAGE)}).${call}`
  const { status, stderr } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' })
  expect(status).toBe(1)
  return stderr
}

describe('an error that nobody catches', () => {
  test.each([
    ['a wrong option', "spawn('true', [], { unshare: ['mount'] })", "did you mean 'mnt'?"],
    ['a start that fails', "spawn('true', [], { cwd: '/no/such' })", "hint: 'cwd is looked up inside"],
    ['a rejection', "execFile('true', [], { cwd: '/no/such' })", "hint: 'cwd is looked up inside"],
  ])('of %s is a screen of text, not the whole bundle', (_, call, words) => {
    const text = uncaught(call)
    expect(text).toContain(words)
    expect(text.length).toBeLessThan(4000)
  })
})
