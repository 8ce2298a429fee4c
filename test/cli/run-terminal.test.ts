import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../../lib/native/root'
import { python } from '../privileges/python'
import { describeWith } from '../support/needs'
import { manifest } from './manifest'

/** Types into a command on a terminal of its own, each time when the words before have appeared. */
const TYPIST = `
import json, os, pty, select, sys, time
screen, position = b"", 0
def appears(words):
    global screen, position
    end = time.monotonic() + 30
    while words not in screen[position:]:
        if time.monotonic() > end:
            print(json.dumps(screen.decode(errors="replace")))
            sys.exit("not seen: " + repr(words))
        if select.select([terminal], [], [], 0.2)[0]:
            screen += os.read(terminal, 4096)
    position = screen.index(words, position) + len(words)
command, session, hangs_up = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
for typed, seen in session:
    os.write(terminal, typed.encode())
    appears(seen.encode())
try:
    while not hangs_up and os.read(terminal, 4096):
        pass
except OSError:
    pass # EIO: nobody has it open any more
os.close(terminal)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 255)
`

const PROGRAM = join(packageRoot, manifest.bin.nskit)
const NSKIT = `'${process.execPath}' '${PROGRAM}'`
const [INTERRUPT, QUIT, SUSPEND] = ['\x03', '\x1c', '\x1a']

// What is typed must not be what is waited for: the terminal echoes it.
const LOOP = 'echo rea""dy; while :; do sleep 0.05; done'
const ENDS = `trap "echo go""t-it; exit 3" INT; ${LOOP}`
const COUNTS = `trap "n=x\\$n; echo on""ce" INT; trap "echo n=\\$n=; exit 3" QUIT; ${LOOP}`
/** It is told that it goes on when the shell has given it the terminal. */
const GOES_ON = `trap "echo ba""ck" CONT; ${LOOP}`

type Typed = ReadonlyArray<readonly [keys: string, seen: string]>

function type(typed: Typed): void {
  const session: Typed = [['PS1=; set -m; echo be""gin\n', 'begin'], ...typed, ['exit\n', '']]
  expect(typeInto(['sh', '-i'], session, false)).toEqual({ status: 0, stdout: '', stderr: '' })
}

function typeInto(command: readonly string[], session: Typed, hangsUp: boolean) {
  const told = JSON.stringify([command, session, hangsUp])
  const options = { encoding: 'utf8', timeout: 300_000 } as const
  const { status, stdout, stderr } = spawnSync(...python(TYPIST, told), options)
  return { status, stdout, stderr }
}

describeWith(['python3', 'userns'], 'nskit run on a terminal', () => {
  test.each(['', '-u user,pid,mnt', '--new-session', '-u user,pid --new-session'])(
    'Ctrl-C is for the command: %s',
    (options) => {
      type([
        [`${NSKIT} run ${options} sh -c '${ENDS}'\n`, 'ready'],
        [INTERRUPT, 'got-it'],
        ['echo end=$?\n', 'end=3'],
      ])
    },
    320_000,
  )

  test('a key reaches the command once', () => {
    type([
      [`${NSKIT} run sh -c '${COUNTS}'\n`, 'ready'],
      [INTERRUPT, 'once'],
      [QUIT, 'n=x='],
      ['echo end=$?\n', 'end=3'],
    ])
  }, 320_000)

  test('a terminal that hangs up ends the command, and nskit as that ends', () => {
    const script = `trap "exit 7" HUP; ${LOOP}`
    const command = [process.execPath, PROGRAM, 'run', 'sh', '-c', script]
    expect(typeInto(command, [['', 'ready']], true)).toEqual({ status: 7, stdout: '', stderr: '' })
  }, 320_000)

  test.each(['', '-u user,pid,mnt'])(
    'Ctrl-Z stops both, and fg lets them go on: %s',
    (options) => {
      type([
        [`${NSKIT} run ${options} sh -c '${GOES_ON}'\n`, 'ready'],
        [SUSPEND, 'Stopped'],
        ['fg; echo end=$?\n', 'back'],
        [INTERRUPT, 'end=130'],
      ])
    },
    320_000,
  )
})
