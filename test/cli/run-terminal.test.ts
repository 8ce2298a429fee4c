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
def appears(words, again):
    global screen, position
    end = time.monotonic() + 30
    while words not in screen[position:]:
        if time.monotonic() > end:
            print(json.dumps(screen.decode(errors="replace")))
            sys.exit("not seen: " + repr(words))
        if select.select([terminal], [], [], 1)[0]:
            screen += os.read(terminal, 4096)
        else:
            os.write(terminal, again)
    position = screen.index(words, position) + len(words)
for typed, *seen in json.loads(sys.argv[1]):
    os.write(terminal, typed.encode())
    for words in seen:
        # A key may come before the shell has given the terminal away.
        appears(words.encode(), typed.encode() if len(typed) == 1 else b"")
os.close(terminal)
os.waitpid(pid, 0)
`

const NSKIT = `'${process.execPath}' '${join(packageRoot, manifest.bin.nskit)}'`
const [INTERRUPT, SUSPEND] = ['\x03', '\x1a']

// What is typed must not be what is waited for: the terminal echoes it.
const LOOP = 'echo rea""dy; while :; do sleep 0.05; done'
const TRAPPED = `trap "echo go""t-it; exit 3" INT; ${LOOP}`

describeWith(['python3', 'userns'], 'nskit run on a terminal', () => {
  test.each(['', '-u user,pid,mnt', '--new-session', '-u user,pid --new-session'])(
    'ends, stops and goes on as the command alone would: %s',
    (options) => {
      const line = (script: string) => `${NSKIT} run ${options} sh -c '${script}'\n`
      const typed = [
        ['PS1=; set -m; echo be""gin\n', 'begin'],
        [line(TRAPPED), 'ready'],
        [INTERRUPT, 'got-it'],
        ['echo end=$?\n', 'end=3'],
        [line(LOOP), 'ready'],
        [SUSPEND, 'Stopped', 'done'],
        ['fg; echo end=$?\n', 'done'],
        [INTERRUPT, 'end=130'],
        ['exit\n'],
      ]
      const { status, stdout, stderr } = spawnSync(...python(TYPIST, JSON.stringify(typed)), {
        encoding: 'utf8',
        timeout: 300_000,
      })
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
    },
    320_000,
  )
})
