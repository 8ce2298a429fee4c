/** Python that makes system calls, for what no program at hand does. */

const arm = process.arch === 'arm64'
const ADD_KEY = arm ? 217 : 248
const KEYCTL = arm ? 219 : 250

const PRELUDE = `
import ctypes, fcntl, os, pty, subprocess, sys, termios
libc = ctypes.CDLL(None, use_errno=True)
def call(*args):
    result = libc.syscall(*[ctypes.c_long(a) if isinstance(a, int) else a for a in args])
    return -ctypes.get_errno() if result == -1 else result
def add_key(name, value, ring):
    return call(${ADD_KEY}, b"user", name, value, len(value), ring)
def keyctl(*args):
    return call(${KEYCTL}, *args)
SESSION, PROCESS = -3, -2
`

/** The command line of a Python that runs `body`; `args` are sys.argv[1:]. */
export function python(body: string, ...args: string[]): [file: string, args: string[]] {
  return ['python3', ['-c', PRELUDE + body, ...args]]
}
