import { readFileSync } from 'node:fs'
import { execFile, type SpawnOptions } from '../../lib/index'
import { describeWith } from '../support/needs'
import { nodeCommand } from '../support/node-script'
import { python } from './python'

/** ioctl(2) TIOCSTI: puts a character into the input of the terminal, as if it had been typed there. */
const TYPE = `
try:
    fcntl.ioctl(0, termios.TIOCSTI, b"x")
    print("typed")
except OSError as error:
    print(os.strerror(error.errno))
`
const ON_A_TERMINAL = `sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))`

/** What a command says that tries to type on the launcher's terminal. */
async function tried(options: SpawnOptions): Promise<string> {
  const [file, args] = python(TYPE)
  const [node, script] = nodeCommand(
    ({ nskit, say }, { file, args, options }) => {
      const { stdout, error } = nskit.spawnSync(file, args, {
        ...options,
        stdio: ['inherit', 'pipe', 'inherit'],
      })
      say(error === undefined ? String(stdout).trim() : error.message)
    },
    { file, args, options },
  )
  const { stdout } = await execFile(...python(ON_A_TERMINAL, node, ...script))
  // The terminal echoes what was typed.
  return JSON.parse(/".*"/.exec(stdout)?.[0] ?? 'null')
}

function isLegacy(): boolean {
  try {
    return readFileSync('/proc/sys/dev/tty/legacy_tiocsti', 'utf8').trim() === '1'
  } catch {
    return true // before Linux 6.2 there was no other way
  }
}

describeWith(['python3', 'userns'], 'typing on a shared terminal (TIOCSTI)', () => {
  const unshare: SpawnOptions = { unshare: ['user', 'pid', 'mnt'] }
  // The kernel looks at the lower 32 bits of the request alone.
  const request = { index: 1, op: 'SCMP_CMP_MASKED_EQ', value: 0xffffffff, valueTwo: 0x5412 }
  const seccomp = {
    defaultAction: 'SCMP_ACT_ALLOW',
    syscalls: [{ names: ['ioctl'], action: 'SCMP_ACT_ERRNO', args: [request] }],
  }

  test('works where nothing is in its way', async () => {
    expect(await tried(unshare)).toBe(isLegacy() ? 'typed' : 'Input/output error')
  })

  test('a session of its own, without the terminal, is in its way', async () => {
    expect(await tried({ ...unshare, detached: true })).toBe('Operation not permitted')
  })

  test('a filter is in its way', async () => {
    expect(await tried({ ...unshare, seccomp })).toBe('Operation not permitted')
  })
})
