import { cli } from '../../lib/cli/cli'
import { describeWith, itWith } from '../support/needs'

async function nskit(...args: string[]) {
  const said = { stdout: '', stderr: '' }
  const into = (name: keyof typeof said) => ({
    write: (text: string) => {
      said[name] += text
    },
  })
  const status = await cli(['doctor', ...args], { stdout: into('stdout'), stderr: into('stderr') })
  return { status, ...said }
}

const DENIED = ['--', 'sh', '-c', 'echo "bwrap: setting up uid map: Permission denied" >&2; exit 1']

describeWith('userns', 'a host that allows it', () => {
  it('says so first, and ends with 0', async () => {
    const { status, stdout, stderr } = await nskit()
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(
      /^This host allows everything that was asked for\.\n\nnskit: +granted: unshare --user /,
    )
    expect(stdout).toMatch(/^kernel: /m)
  })

  it('--offline adds the network namespace', async () => {
    const commands = async (...args: string[]) => {
      const { answers } = JSON.parse((await nskit('--json', ...args)).stdout)
      return answers.map(({ result }: { result: { command: string } }) => result.command)
    }
    expect(await commands()).toEqual([expect.not.stringContaining('--net')])
    expect(await commands('--offline')).toEqual([expect.stringContaining('--net')])
  })

  itWith('bwrap', '--for takes several, and runs what they run', async () => {
    const { status, stdout } = await nskit('--for', 'codex,bwrap', '--for', 'nskit', '--json')
    const { verdict, answers } = JSON.parse(stdout)
    expect({ status, verdict }).toEqual({ status: 0, verdict: 'granted' })
    expect(answers).toMatchObject([
      { for: 'codex', result: { command: 'bwrap --unshare-user --unshare-net --ro-bind / / /bin/true' } },
      { for: 'bwrap', result: { command: 'bwrap --unshare-user --ro-bind / / true' } },
      { for: 'nskit' },
    ])
  })
})

it('a denial: the verdict, the reason, what to do, and 1', async () => {
  const { status, stdout } = await nskit(...DENIED)
  expect(status).toBe(1)
  const headings = ['This host denies what is needed.', 'denied (', 'Probe:', 'Cause:', 'Fix']
  const places = headings.map((heading) => stdout.indexOf(heading))
  expect(places).toEqual([...places].sort((a, b) => a - b))
  expect(places.every((place) => place >= 0)).toBe(true)
  expect(stdout).toContain('write-uid-map')
})

it('what could not be checked is no denial: 2', async () => {
  const { status, stdout } = await nskit('--', '/nonexistent/bwrap', '--unshare-user', 'true')
  expect(status).toBe(2)
  expect(stdout).toMatch(/^Not everything could be checked\./)
  expect(stdout).not.toContain('privileged')
})

it('a program that fails for a reason of its own is no denial: 2', async () => {
  const { status, stdout } = await nskit('--', 'sh', '-c', 'echo "sh: wrong option" >&2; exit 1')
  expect(status).toBe(2)
  expect(stdout).toMatch(/^Not everything could be checked\./)
  expect(stdout).toContain('sh: wrong option (exit code 1)')
  expect(stdout).not.toContain('denies')
})

it('what is denied counts more than what could not be checked', async () => {
  const { status, stdout } = await nskit('--for', 'podman', '--json', ...DENIED)
  expect(status).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'denied', host: { kernel: expect.any(String) } })
})

it('what a program says cannot reach the terminal', async () => {
  const { stdout } = await nskit(
    '--',
    'sh',
    '-c',
    'printf "bwrap: \\033[31mPermission denied\\n" >&2; exit 1',
  )
  expect(stdout).toContain('\\x1b[31m')
})

it('--timeout: what is not done in time has not been checked', async () => {
  const { status, stdout } = await nskit('--timeout', '50ms', '--json', '--', 'sleep', '600')
  expect(status).toBe(2)
  expect(JSON.parse(stdout).answers).toMatchObject([{ verdict: 'unchecked', result: { cause: 'timeout' } }])
})

it('names who is denied what in a sentence', async () => {
  const failed = (words: string) => nskit('--', 'sh', '-c', `echo "bwrap: ${words}" >&2; exit 1`)
  const user = await failed('setting up uid map: Permission denied')
  expect(user.stdout).toMatch(/^This host denies user namespaces, which sh needs\.$/m)
  const net = await failed('loopback: Failed RTM_NEWADDR: Operation not permitted')
  expect(net.stdout).toMatch(
    /^This host denies network namespaces, or the loopback in them, which sh needs\.$/m,
  )
})

it.each([
  [['--timeout', '0'], /--timeout: '0' is no time to wait/],
  [['--timeout', 'soon'], /--timeout: 'soon' is no time/],
  [['--for', 'docker'], /'docker' is none of nskit, codex/],
  [['--ofline'], /did you mean --offline/],
])('%j is a usage error', async (args, message) => {
  const { status, stderr } = await nskit(...args)
  expect(status).toBe(2)
  expect(stderr).toMatch(message)
})
