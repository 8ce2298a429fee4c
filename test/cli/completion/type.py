"""Types lines into an interactive shell on a terminal of its own; the shell tells of each when ^G is typed.

Arguments: the file in which the shell adds a record for each ^G, the shell and its arguments. Input: a line each.
"""

import os
import pty
import select
import sys
import time

RECORD = b"\x1e"
PATIENCE = 20

path, *command = sys.argv[1:]
lines = sys.stdin.read().splitlines()
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)

said = b""


def drain():
    """What nobody reads would stop the shell."""
    global said
    while select.select([terminal], [], [], 0.01)[0]:
        try:
            said += os.read(terminal, 65536)
        except OSError:
            break


def wait(records):
    end = time.monotonic() + PATIENCE
    while True:
        drain()
        with open(path, "rb") as file:
            if file.read().count(RECORD) >= records:
                return
        if time.monotonic() > end:
            sys.stderr.buffer.write(said)
            os.kill(pid, 9)
            sys.exit("no record %d" % records)


# Its first is of an empty line, when it has read its set-up and is ready for keys.
wait(1)
for number, line in enumerate(lines):
    os.write(terminal, line.encode() + b"\t\x07")
    wait(number + 2)
    os.write(terminal, b"\x15")
os.write(terminal, b"\x15exit\n")
end = time.monotonic() + PATIENCE
while os.waitpid(pid, os.WNOHANG)[0] == 0:
    drain()
    if time.monotonic() > end:
        os.kill(pid, 9)
        sys.exit("the shell has not ended")
