import { COMMANDS } from '../../lib/cli/commands'
import { nskit } from './io'
import { manifest } from './manifest'

describe('nskit', () => {
  test.each([['--help'], ['-h'], ['help']])('%s names every command', async (word) => {
    const { code, stdout, stderr } = await nskit(word)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const command of Object.keys(COMMANDS))
      expect(stdout).toMatch(new RegExp(`^ {2}${command} {2,}\\S`, 'm'))
  })

  test.each(Object.keys(COMMANDS))('%s --help, -h, and help of it, are the same', async (command) => {
    const help = await nskit(command, '--help')
    expect(help).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(`^Usage: nskit ${command} `),
      stderr: '',
    })
    expect(await nskit(command, '-h')).toEqual(help)
    expect(await nskit('help', command)).toEqual(help)
  })

  test('--help is found behind other options', async () => {
    expect((await nskit('ls', '--json', '--help')).stdout).toMatch(/^Usage: nskit ls/)
  })

  test('--version', async () => {
    expect(await nskit('--version')).toEqual({ code: 0, stdout: `nskit ${manifest.version}\n`, stderr: '' })
  })

  test('--version --json', async () => {
    const { code, stdout } = await nskit('--version', '--json')
    expect({ code, found: JSON.parse(stdout) }).toEqual({ code: 0, found: { version: manifest.version } })
  })

  test.each<[string[], string]>([
    [['--version', '--jsn'], 'unknown option --jsn; did you mean --json?'],
    [['--version', '2'], "unexpected argument '2'"],
    [[], 'a command is missing'],
    [['statsu'], "unknown command 'statsu'; did you mean 'status'?"],
    [['constructor'], "unknown command 'constructor'; there are doctor, run, "],
    [['help', 'lss'], "unknown command 'lss'; did you mean 'ls'?"],
    [['\x1b[31m'], "unknown command '\\x1b[31m'"],
  ])('%j is a usage error', async (args, message) => {
    const { code, stdout, stderr } = await nskit(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(`nskit: ${message}`)
    expect(stderr).toContain("Try 'nskit --help'.")
  })

  test.each<[string[], string]>([
    [['ls', '--jsn'], 'unknown option --jsn; did you mean --json?'],
    [['ls', '-x'], 'unknown option -x'],
    [['ls', '--type', 'nett'], "--type: 'nett' is no namespace type; did you mean net?"],
    [['ls', '--type', ''], "--type: '' is no namespace type"],
    [['ls', '--pid'], '--pid needs a value: PID'],
    [['ls', '--pid', '-1'], 'one that begins with a dash is --pid=-1'],
    [['ls', '--json=no'], '--json takes no value'],
    [['ls', '--pid', '1x'], "--pid: '1x' is no pid"],
    [['ls', '--pid', '0'], "--pid: '0' is no pid"],
    [['ls', 'net'], "unexpected argument 'net'"],
    [['status', 'self'], "PID: 'self' is no pid"],
    [['status', '1', '2'], "unexpected argument '2'"],
    [['translate'], 'an id or a path is missing'],
    [['translate', '1', '2', '--pid', '1'], "unexpected argument '2'"],
    [['translate', '1'], '--pid or --map is missing'],
    [['translate', '1', '--pid', '1', '--map', '0:0:1'], 'exclude each other'],
    [['translate', '4294967295', '--pid', '1'], "'4294967295' is no id"],
    [['translate', '1', '--map', '0:0'], 'expected "container:host:size"'],
    [['translate', '1', '--map', '0:0:1,0:5:1'], '--map:'],
    [['translate', '1', '--map', '0:0:1', '--kind', 'pid'], "--kind: 'pid' is none of uid, gid"],
    [['translate', '1', '--map', '0:0:1', '--from', 'here'], "--from: 'here' is none of host, inside"],
    [['run'], 'a command is missing'],
    [['run', '--unshare', 'user'], 'a command is missing'],
    [['run', '--hostname', 'x', 'true'], '--hostname requires --unshare uts'],
    [['run', '-u', 'user', '--uid-map', 'me', 'true'], '--uid-map:'],
  ])('%j is a usage error of that command', async (args, message) => {
    const { code, stdout, stderr } = await nskit(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(new RegExp(`^nskit ${args[0]}: `))
    expect(stderr).toContain(message)
    expect(stderr).toContain(`Try 'nskit ${args[0]} --help'.`)
  })

  test.each([
    [['ls', '--pid', '4194304']],
    [['status', '4194304']],
    [['translate', '0', '--pid', '4194304']],
  ])('%j: no such process is a failure', async (args) => {
    const { code, stdout, stderr } = await nskit(...args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^nskit: ESRCH: no such process/)
  })
})
