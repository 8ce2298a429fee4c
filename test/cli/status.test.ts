import { mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { running } from '../namespaces/children'
import { describeWith } from '../support/needs'
import { nskit } from './io'

describe('nskit status', () => {
  test('without a pid: its own', async () => {
    const { code, stdout } = await nskit('status')
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`^Pid: +(\\d+ → )*${process.pid}$`, 'm'))
    expect(stdout).toMatch(new RegExp(`^Uid: +${process.geteuid!()}$`, 'm'))
    expect(stdout).toMatch(/^State: +R \(running\)$/m)
    const columns = stdout
      .trimEnd()
      .split('\n')
      .map((line) => /^\w+: +/.exec(line)![0].length)
    expect(new Set(columns).size).toBe(1)
  })

  test("--json: every field, and the kernel's lines", async () => {
    const { stdout } = await nskit('status', String(process.ppid), '--json')
    const found = JSON.parse(stdout)
    expect(found).toMatchObject({ pid: process.ppid, uid: { effective: expect.any(Number) } })
    expect(found.signals.blocked).toMatch(/^0x[0-9a-f]+$/)
    expect(found.capabilities.effective).toEqual(expect.any(Array))
    const text = readFileSync(`/proc/${process.ppid}/status`, 'latin1')
    const keys = text
      .trimEnd()
      .split('\n')
      .map((line) => line.split(':', 1)[0])
    expect(Object.keys(found.fields)).toEqual(keys)
  })
})

describe('nskit status --json of a process with a name in UTF-8', () => {
  test('has the name as it is', async () => {
    // The name that execve(2) gives is the file's.
    const folder = mkdtempSync(join(tmpdir(), 'nskit-name-'))
    try {
      const program = join(folder, 'caf\u00e9')
      symlinkSync(realpathSync('/bin/cat'), program)
      await using child = await running(program, [], {})
      const { stdout } = await nskit('status', String(child.pid), '--json')
      expect(JSON.parse(stdout)).toMatchObject({ name: 'caf\u00e9', fields: { Name: 'caf\u00e9' } })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describeWith('userns', 'nskit status of a command in namespaces', () => {
  test('shows its pids from outside to inside, and its capabilities', async () => {
    await using child = await running('cat', [], { unshare: ['user', 'pid'], init: false })
    const { stdout } = await nskit('status', String(child.pid))
    expect(stdout).toMatch(/^Name: +cat$/m)
    expect(stdout).toMatch(new RegExp(`^Pid: +${child.pid} → 1$`, 'm'))
    expect(stdout).toMatch(/^Ambient: +none$/m)
    expect(stdout).toMatch(/^Capabilities: +(all|CAP_)/m)
  })
})
