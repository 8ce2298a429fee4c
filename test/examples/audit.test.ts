import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Auditd } from '../audit/auditd'
import { describeWith } from '../support/needs'

const ROOT = join(__dirname, '../..')

it('the example says which log is missing', async () => {
  const run = promisify(execFile)(process.execPath, ['examples/audit.mjs', '/nonexistent/audit.log'], {
    cwd: ROOT,
  })
  await expect(run).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('/nonexistent/audit.log'),
  })
})

describeWith(['auditd', 'userns'], 'the example of audit attribution', () => {
  it('tells two sandboxes with one map apart', async () => {
    await using auditd = await Auditd.start({ rules: [] })
    const { stdout } = await promisify(execFile)(process.execPath, ['examples/audit.mjs', auditd.source], {
      cwd: ROOT,
    })
    expect(stdout.split('\n').slice(2)).toEqual([
      'LOGIN record: web, by its session',
      'LOGIN record: db, by its session',
      '',
    ])
  })
})
