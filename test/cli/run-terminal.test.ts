import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../../lib/native/root'
import { python } from '../privileges/python'
import { describeWith } from '../support/needs'
import { manifest } from './manifest'

/** Types into an interactive shell on a terminal of its own, each time when the words before have appeared. */
const TYPIST = `
import json, os, pty, select, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.execvp("sh", ["sh", "-i"])
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
for typed, seen in json.loads(sys.argv[1]):
    os.write(terminal, typed.encode())
    appears(seen.encode())
os.close(terminal)
os.waitpid(pid, 0)
`

const NSKIT = `'${process.execPath}' '${join(packageRoot, manifest.bin.nskit)}'`
const [INTERRUPT, SUSPEND] = ['\x03', '\x1a']

// What is typed must not be what is waited for: the terminal echoes it.
const LOOP = 'echo rea""dy; while :; do sleep 0.05; done'
const ENDS = `trap "echo go""t-it; exit 3" INT; ${LOOP}`
/** It is told that it goes on when the shell has given it the terminal. */
const GOES_ON = `trap "echo ba""ck" CONT; ${LOOP}`

type Typed = ReadonlyArray<readonly [keys: string, seen: string]>

function type(typed: Typed): void {
  const session = [['PS1=; set -m; echo be""gin\n', 'begin'], ...typed, ['exit\n', '']]
  const { status, stdout, stderr } = spawnSync(...python(TYPIST, JSON.stringify(session)), {
    encoding: 'utf8',
    timeout: 300_000,
  })
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
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
