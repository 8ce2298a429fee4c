import { chmodSync, chownSync, copyFileSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execFile, parseStatus, readStatus, type SpawnOptions, spawn } from '../../lib/index'
import { describeWith } from '../support/needs'
import { setsOf } from './inside'

/** Which boundaries keep a setuid program from giving what its owner has. */
const HELD: Array<[string, SpawnOptions]> = [
  ['noNewPrivileges', { noNewPrivileges: true }],
  ["capabilities: 'none'", { capabilities: 'none' }],
  ['a seccomp filter', { seccomp: { defaultAction: 'SCMP_ACT_ALLOW' } }],
]

describeWith('admin', 'a setuid program of root', () => {
  let folder: string
  let program: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nskit-setuid-'))
    chmodSync(folder, 0o755)
    program = join(folder, 'cat')
    copyFileSync(realpathSync('/bin/cat'), program)
    chownSync(program, 0, 0)
    chmodSync(program, 0o4755)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const run = async (options: SpawnOptions) => {
    const { stdout } = await execFile(program, ['/proc/self/status'], { uid: 1234, gid: 1234, ...options })
    const state = parseStatus(stdout)
    return { uid: state.uid.effective, effective: setsOf(state).effective }
  }

  test('makes its caller root with all capabilities, where nothing holds it back', async () => {
    const { uid, effective } = await run({})
    expect(uid).toBe(0)
    expect(effective).toContain('CAP_SYS_ADMIN')
  })

  test.each(HELD)('gives nothing under %s', async (_, options) => {
    expect(await run(options)).toEqual({ uid: 1234, effective: [] })
  })

  test('gives no capability beyond the list, even where it may change the uid', async () => {
    const options: SpawnOptions = { capabilities: ['CAP_KILL'], noNewPrivileges: false }
    expect(await run(options)).toEqual({ uid: 0, effective: ['CAP_KILL'] })
    expect(await run({ capabilities: 'none', noNewPrivileges: false })).toEqual({ uid: 0, effective: [] })
  })
})

describeWith('ordinary', 'a setuid program of root, for an ordinary user', () => {
  // It asks for a password on its stdin, so it can be looked at.
  const SU = '/usr/bin/su'

  const effectiveUid = async (options: SpawnOptions) => {
    await using child = spawn(SU, [], { ...options, stdio: ['pipe', 'ignore', 'ignore'] })
    await child.spawned
    return readStatus(child.pid).uid.effective
  }

  test('gives root, where nothing holds it back', async () => {
    expect(statSync(SU).mode & 0o4000).toBe(0o4000)
    expect(await effectiveUid({})).toBe(0)
  })

  test.each(HELD)('gives nothing under %s', async (_, options) => {
    expect(await effectiveUid(options)).toBe(process.geteuid?.())
  })
})
