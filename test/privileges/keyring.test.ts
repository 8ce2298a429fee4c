import { execFile, type SpawnOptions } from '../../lib/index'
import { describeWith } from '../support/needs'
import { nodeCommand } from '../support/node-script'
import { python } from './python'

/** keyctl(2): JOIN_SESSION_KEYRING, SEARCH, READ. */
const STEAL = `
key = keyctl(10, SESSION, b"user", b"nskit-secret", 0)
buffer = ctypes.create_string_buffer(64)
size = keyctl(11, key, buffer, 64) if key > 0 else key
print(buffer.raw[:size].decode() if size > 0 else os.strerror(-size), end="")
`
const PUT = `
keyctl(1, None)
if add_key(b"nskit-secret", b"of the parent", SESSION) < 0: sys.exit("add_key")
os.execvp(sys.argv[1], sys.argv[1:])
`

describe.each<[string, SpawnOptions]>([
  ['without namespaces', {}],
  ['in a user namespace, under init', { unshare: ['user', 'pid', 'mnt'] }],
])('a key in the session keyring of the launcher, %s', (_, options) => {
  describeWith(['python3', 'userns'], 'and its command', () => {
    const found = async (how: SpawnOptions) => {
      const [file, args] = python(STEAL)
      const [node, script] = nodeCommand(
        ({ nskit }, { file, args, how }) => {
          process.stdout.write(nskit.spawnSync(file, args, how).stdout)
        },
        { file, args, how },
      )
      const [launcher, line] = python(PUT, node, ...script)
      return (await execFile(launcher, line)).stdout
    }

    test('by default it is shared, as with child_process', async () => {
      expect(await found(options)).toBe('of the parent')
    })

    test("sessionKeyring: 'new' keeps it from the command", async () => {
      expect(await found({ ...options, sessionKeyring: 'new' })).toBe('Required key not available')
    })
  })
})

/** In a session with a keyring, as a login has it (pam_keyinit): one that has none may exceed the quota. */
const FILL = `
keyctl(1, None)
count = 0
while add_key(b"nskit-%d" % count, b"x", PROCESS) > 0: count += 1
sys.exit(subprocess.run(sys.argv[1:]).returncode)
`

describeWith(['python3', 'ordinary'], 'where the quota of keys is used up', () => {
  test('the command does not start, and nothing is left', async () => {
    const [node, script] = nodeCommand(async ({ nskit, say, warmUp, inventory, settled }) => {
      await warmUp()
      const before = inventory()
      // Keys of processes that have ended are given back a little later: one that comes free is used first.
      for (let i = 0; i < 2000; i++) {
        const { error } = nskit.spawnSync('true', { sessionKeyring: 'new' })
        if (error === undefined) continue
        say({ ...error })
        break
      }
      say(await settled(before))
      say(nskit.spawnSync('true').status)
    })
    const { stdout } = await execFile(...python(FILL, node, ...script))
    const [error, clean, status] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(error).toMatchObject({
      step: 'new-keyring',
      code: 'EDQUOT',
      syscall: 'keyctl',
      hint: expect.stringContaining('/proc/key-users'),
    })
    expect([clean, status]).toEqual([true, 0])
  })
})
