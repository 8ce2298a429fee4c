import { createNamespaces } from '../../lib/index'
import { NAMESPACE_TYPES } from '../../lib/tables/namespaces'
import { inode, running } from '../namespaces/children'
import { describeWith } from '../support/needs'
import { nskit, nskitOn } from './io'

interface Row {
  ino: number
  type: string
  processes: number
  pid: number | null
  owner: number | null
  paths: string[]
}

describe('nskit ls', () => {
  test('a table: headings, then a line for each namespace, numbers to the right', async () => {
    const { code, stdout } = await nskit('ls', '--pid', String(process.pid))
    expect(code).toBe(0)
    const [headings, ...lines] = stdout.trimEnd().split('\n')
    expect(headings!.trim().split(/ +/)).toEqual(
      expect.arrayContaining(['NS', 'TYPE', 'PROCS', 'PID', 'COMMAND']),
    )
    expect(lines.map((line) => line.trim().split(/ +/).slice(0, 2))).toEqual(
      NAMESPACE_TYPES.map((type) => [String(inode('self', type)), type]),
    )
    const end = headings!.indexOf('PROCS') + 'PROCS'.length
    for (const line of lines) expect(line.slice(0, end)).toMatch(/\d$/)
  })

  test('--json: the same rows as objects, with every key', async () => {
    const { stdout } = await nskit(
      'ls',
      '--json',
      '--type',
      'net,uts',
      '-t',
      'ipc',
      '-p',
      String(process.pid),
    )
    const rows = JSON.parse(stdout) as Row[]
    expect(rows.map(({ type, ino }) => [type, BigInt(ino)])).toEqual(
      (['uts', 'ipc', 'net'] as const).map((type) => [type, inode('self', type)]),
    )
    for (const row of rows) {
      const keys = ['type', 'ino', 'processes', 'pid', 'uid', 'command', 'owner', 'parent', 'paths']
      expect(Object.keys(row).sort()).toEqual(keys.sort())
    }
  })

  test('a terminal that does not know its size cuts nothing', async () => {
    const { stdout } = await nskitOn(0, 'ls', '--pid', String(process.pid))
    expect(stdout).toMatch(/^ +NS {2}TYPE .*COMMAND\n/)
  })

  test('on a terminal no line is wider', async () => {
    const { stdout } = await nskitOn(40, 'ls')
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(40)
  })
})

describeWith('userns', 'nskit ls of others', () => {
  test("what a process calls itself cannot write to the terminal's state", async () => {
    await using child = await running('sleep', ['600'], {
      unshare: ['user', 'uts'],
      argv0: 'a\x1b]0;b\x07\nc\u200f\u202ed',
    })
    const { stdout } = await nskit('ls', '-t', 'uts', '-p', String(child.pid))
    expect(stdout).toContain('a\\x1b]0;b\\x07\\x0ac\\u200f\\u202ed 600')
    expect(stdout).not.toContain('\x1b')
  })

  test('one without a process has a dash for what there is not', async () => {
    await using set = await createNamespaces(['user', 'uts'])
    const { ino } = set.namespaces.get('uts')!
    const { stdout } = await nskit('ls', '-t', 'uts')
    const line = stdout.split('\n').find((each) => each.includes(String(ino)))
    const words = line!.trim().split(/ +/)
    const user = String(set.namespaces.get('user')!.ino)
    expect(words.slice(0, 7)).toEqual([String(ino), 'uts', '0', '-', '-', user, '-'])
    const rows = JSON.parse((await nskit('ls', '--json')).stdout) as Row[]
    expect(rows.find((row) => row.ino === Number(ino))).toMatchObject({ processes: 0, pid: null, paths: [] })
  })
})
