import { compileSeccomp, sandboxSeccomp, spawnSync } from '../../lib/index'
import { describeWith } from '../support/needs'

/** Each attempt's errno, 0 where it is allowed. Arguments are such that the kernel alone would say something else. */
const PROGRAM = `
import ctypes, json, os, platform
libc = ctypes.CDLL(None, use_errno=True)
ARM = platform.machine() == 'aarch64'
def call(x64, arm64, *args):
    ctypes.set_errno(0)
    result = libc.syscall(arm64 if ARM else x64, *[ctypes.c_ulong(a) for a in args])
    if result == 0 and (x64 == 56):
        os._exit(0)
    return ctypes.get_errno() if result == -1 else 0
NEWUSER = 0x10000000
print(json.dumps({
    'clone(NEWUSER)': call(56, 220, NEWUSER | 17, 0, 0, 0, 0),
    'clone(NEWNS)': call(56, 220, 0x20000 | 17, 0, 0, 0, 0),
    'fork': call(56, 220, 17, 0, 0, 0, 0),
    'clone3': call(435, 435, 0, 0),
    'unshare': call(272, 97, NEWUSER),
    'mount': call(165, 40, 0, 0, 0, 0, 0),
    'fsopen': call(430, 430, 0, 0),
    'move_mount': call(429, 429, 0, 0, 0, 0, 0),
    'ptrace': call(101, 117, 99, 0, 0, 0),
    'process_vm_readv': call(310, 270, 0, 0, 0, 0, 0, 0),
    'add_key': call(248, 217, 0, 0, 0, 0, 0),
    'bpf': call(321, 280, 99, 0, 0),
    'io_uring_setup': call(425, 425, 0, 0),
    'TIOCSTI': call(16, 29, 99, 0x5412, 0),
    'TIOCSTI, upper bits': call(16, 29, 99, (1 << 32) | 0x5412, 0),
    'another ioctl': call(16, 29, 99, 0x5413, 0),
}))
`

function attempts(seccomp: object | undefined): Record<string, number> {
  const { stdout, stderr, status } = spawnSync('python3', ['-c', PROGRAM], {
    noNewPrivileges: true,
    ...(seccomp === undefined ? {} : { seccomp }),
    encoding: 'utf8',
  })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  return JSON.parse(stdout as string)
}

const EPERM = 1
const EBADF = 9
const ENOSYS = 38

describeWith('python3', 'the filter for sandboxes', () => {
  it('refuses what a way out begins with, and lets a program be one', () => {
    const { fork, clone3, 'another ioctl': ioctl, ...others } = attempts(sandboxSeccomp())
    expect({ fork, clone3, ioctl }).toEqual({ fork: 0, clone3: ENOSYS, ioctl: EBADF })
    expect(others).toEqual(Object.fromEntries(Object.keys(others).map((name) => [name, EPERM])))
  })

  it('without it the kernel says something else', () => {
    const { 'TIOCSTI, upper bits': upper, TIOCSTI, clone3, fsopen } = attempts(undefined)
    expect({ upper, TIOCSTI }).toEqual({ upper: EBADF, TIOCSTI: EBADF })
    expect(clone3).not.toBe(ENOSYS)
    expect(fsopen).not.toBe(0)
  })

  it('node runs under it, with its threads', () => {
    const script = `require('fs').promises.readFile('/proc/self/status').then((b) => console.log(b.length > 0))`
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
      seccomp: sandboxSeccomp(),
      encoding: 'utf8',
    })
    expect({ stdout, stderr }).toEqual({ stdout: 'true\n', stderr: '' })
  })
})

it.each(['x64', 'arm64'] as const)('compiles for %s', (arch) => {
  expect(compileSeccomp(sandboxSeccomp(), arch).program.length % 8).toBe(0)
})
