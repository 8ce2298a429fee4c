import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mode } from '../support/modes'
import { describeWith } from '../support/needs'
import { example } from './example'

describeWith('userns', 'the launcher', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nskit-launcher-'))
    chmodSync(folder, 0o755)
    for (const name of ['source', 'results']) mkdirSync(join(folder, name), { mode: 0o755 })
    writeFileSync(join(folder, 'source/input'), 'in', { mode: 0o644 })
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const launch = (...command: string[]) =>
    example('launcher.mjs', join(folder, 'source'), join(folder, 'results'), ...command)

  it('lets a program read its source and write its results, and labels what it says', async () => {
    const script =
      'cat input > /work/output; echo x > /src/y; cat /proc/net/dev | grep -c : ; cat /etc/shadow; exit 3'
    const { code, stdout, stderr } = await launch('sh', '-c', script)
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' })
    expect(readFileSync(join(folder, 'results/output'), 'utf8')).toBe('in')
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(new Set(lines.map(({ namespace }) => namespace))).toEqual(new Set(['tool']))
    expect(lines.filter(({ stream }) => stream === 'stdout').map(({ message }) => message)).toEqual(['1'])
    expect(lines.filter(({ stream }) => stream === 'stderr').map(({ message }) => message)).toEqual([
      expect.stringContaining('Read-only file system'),
      expect.stringContaining('No such file or directory'),
    ])
  })

  it('leaves files of nobody’s ids where root starts it, of the own id else', async () => {
    expect(await launch('touch', '/work/file')).toMatchObject({ code: 0 })
    const { uid } = statSync(join(folder, 'results/file'))
    expect(uid).toBe(mode === 'user' ? process.geteuid!() : 50_000)
  })

  it('says by its exit code whether the program, a signal or the launcher ended it', async () => {
    expect(await launch('sh', '-c', 'kill -KILL $$')).toMatchObject({ code: 137 })
    expect(await launch('no-such-program')).toMatchObject({
      code: 127,
      stderr: expect.stringContaining('ENOENT'),
    })
    expect(await launch('/etc/passwd')).toMatchObject({
      code: 126,
      stderr: expect.stringContaining('EACCES'),
    })
    rmSync(join(folder, 'source'), { recursive: true })
    expect(await launch('true')).toMatchObject({ code: 125, stderr: expect.stringContaining('open-source') })
  })
})
