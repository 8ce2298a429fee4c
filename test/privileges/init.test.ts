import { readFileSync } from 'node:fs'
import { execFile, parseStatus, type SpawnOptions, spawn } from '../../lib/index'
import { describeWith, itWith } from '../support/needs'
import { outcome } from '../support/outcome'
import { until } from '../support/wait'
import { python } from './python'

/**
 * The init is in the command's pid namespace, and has neither its filter, nor its limits, nor its keyring: who writes to
 * its memory does by it what is denied to the command. Each attack is made on a process of the command's own as well.
 */

const ATTACKS = `
def opens(pid):
    try: os.close(os.open(f"/proc/{pid}/mem", os.O_RDWR))
    except OSError as e: return e.strerror
    return "open"
def seizes(pid):
    SEIZE = 0x4206
    return "seized" if libc.ptrace(SEIZE, pid, 0, 0) == 0 else os.strerror(ctypes.get_errno())
def sees(pid):
    try: os.readlink(f"/proc/{pid}/exe")
    except OSError as e: return e.strerror
    return "seen"
child = subprocess.Popen(["sleep", "1000"])
for pid in 1, child.pid: print(opens(pid), seizes(pid), sees(pid), sep=", ")
child.kill()
`

const SECCOMP = {
  defaultAction: 'SCMP_ACT_ALLOW',
  syscalls: [{ names: ['mount', 'unshare'], action: 'SCMP_ACT_ERRNO' }],
}

describeWith(['userns', 'python3'], 'the init', () => {
  test.each<[string, SpawnOptions]>([
    ['every capability, and a filter', { seccomp: SECCOMP }],
    ['the capability to trace', { capabilities: ['CAP_SYS_PTRACE'] }],
    ['none', { capabilities: 'none' }],
  ])('is not traced, nor its memory written: %s', async (_, options) => {
    const unshare = ['user', 'pid', 'mnt'] as const
    const { stdout } = await execFile(...python(ATTACKS), { unshare, ...options })
    expect(stdout.split('\n')).toEqual([
      'Permission denied, Operation not permitted, Permission denied',
      'open, seized, seen',
      '',
    ])
  })
})

const init = (pid: number) => parseStatus(readFileSync(`/proc/${pid}/status`, 'utf8'))

describeWith('userns', 'the init', () => {
  test.each<[string, SpawnOptions]>([
    ['of a user namespace', { unshare: ['user', 'pid', 'mnt'] }],
    ['of a command without capabilities', { unshare: ['user', 'pid', 'mnt'], capabilities: 'none' }],
  ])('%s may signal, and no more, by an exec neither', keepsOnlyKill)

  itWith('admin', 'of the caller’s user namespace as well', () =>
    keepsOnlyKill('', { unshare: ['pid', 'mnt'] }),
  )

  async function keepsOnlyKill(_: string, options: SpawnOptions): Promise<void> {
    const child = spawn('sleep', ['1000'], options)
    const ended = outcome(child)
    await new Promise((resolve) => child.once('spawn', resolve))
    const { ppid } = init(child.pid as number)
    // It gives the others up when the command has been started.
    await until(() => init(ppid).capabilities.permitted.size < 2, 'capabilities given up')
    const { permitted, effective, inheritable, ambient } = init(ppid).capabilities
    expect([permitted, effective].map((set) => [...set])).toEqual([['CAP_KILL'], ['CAP_KILL']])
    expect([...inheritable, ...ambient]).toEqual([])
    await until(() => /^NoNewPrivs:\t1$/m.test(readFileSync(`/proc/${ppid}/status`, 'utf8')), 'NoNewPrivs')
    child.kill('SIGKILL')
    await ended
  }

  itWith('admin', 'passes signals on to a command with another uid', async () => {
    const child = spawn('sleep', ['1000'], { unshare: ['pid', 'mnt'], uid: 1, gid: 1 })
    const ended = outcome(child)
    await new Promise((resolve) => child.once('spawn', resolve))
    const { ppid } = init(child.pid as number)
    await until(() => init(ppid).capabilities.permitted.size < 2, 'capabilities given up')
    process.kill(ppid, 'SIGTERM')
    expect(await ended).toMatchObject({ code: null, signal: 'SIGTERM' })
  })
})
