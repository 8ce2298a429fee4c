"""Run inside a component, in its program's place. argv[1]: {"attacks": [...], ...what the host knows}.
For each attack one line of JSON: its name, and 'ok' or the errno that it met. Each runs in a child of its own."""

import ctypes, errno, json, mmap, os, signal, socket, struct, sys

libc = ctypes.CDLL(None, use_errno=True)
given = json.loads(sys.argv[1])
ARM = os.uname().machine == "aarch64"
# By name: x86-64, arm64.
NUMBERS = {
    "clone": (56, 220), "ptrace": (101, 117), "mount": (165, 40), "init_module": (175, 105), "add_key": (248, 217),
    "keyctl": (250, 219), "unshare": (272, 97), "setns": (308, 268), "bpf": (321, 280),
}
CLONE_NEWUSER, CLONE_NEWUTS = 0x10000000, 0x04000000
PTRACE_SEIZE = 0x4206
SESSION_KEYRING = -3
KEYCTL_GET_KEYRING_ID, KEYCTL_SEARCH = 0, 10
TCP_SYNCNT = 7
MiB = 1 << 20


def call(name, *args):
    arguments = [ctypes.c_long(each) if isinstance(each, int) else each for each in args]
    result = libc.syscall(ctypes.c_long(NUMBERS[name][ARM]), *arguments)
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def read(path):
    with open(path, "rb") as file:
        file.read(1)


def write(path):
    os.close(os.open(path, os.O_WRONLY))


def connect(host, port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
        # One repetition of the SYN: the kernel gives up, with ETIMEDOUT, after 3 s.
        client.setsockopt(socket.IPPROTO_TCP, TCP_SYNCNT, 1)
        client.connect((host, port))


def connect_abstract(name):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.connect("\0" + name)


def send(host, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"?", (host, port))


def find_process(name):
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            if name.encode() in file.read().split(b"\0")[:2]:
                return pid
    raise ProcessLookupError(errno.ESRCH, name)


def sleeper(*command):
    """A child that stays until it is killed: this very program, or another."""
    ready, written = os.pipe()
    pid = os.fork()
    if pid == 0:
        if command:
            # Close-on-exec: its end is seen when the other program runs.
            os.execv(command[0], command)
        os.close(written)
        signal.pause()
    os.close(written)
    os.read(ready, 1)
    return pid


def end(pid):
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def ptrace(pid):
    # Unlike PTRACE_ATTACH it does not stop who is traced. The end of this process detaches.
    call("ptrace", PTRACE_SEIZE, pid, 0, 0)


def ptrace_child():
    pid = sleeper()
    try:
        ptrace(pid)
    finally:
        end(pid)


def overwrite_running(program):
    """CVE-2019-5736: the file of a running program is ETXTBSY; a handle on it waits until it has ended."""
    pid = sleeper(program, "infinity")
    handle = os.open(f"/proc/{pid}/exe", os.O_PATH)
    end(pid)
    write(f"/proc/self/fd/{handle}")


def clone_user():
    if call("clone", CLONE_NEWUSER | signal.SIGCHLD, 0, 0, 0, 0) == 0:
        os._exit(0)


def setns_uts():
    call("setns", os.open("/proc/self/ns/uts", os.O_RDONLY), CLONE_NEWUTS)


def mount_tmpfs():
    call("mount", b"tmpfs", b"/work", b"tmpfs", 0, 0)


def create_map():
    attributes = struct.pack("IIII", 2, 4, 4, 1) + bytes(112)
    call("bpf", 0, attributes, len(attributes))


def host_key():
    call("keyctl", KEYCTL_SEARCH, SESSION_KEYRING, b"user", given["key"].encode(), 0)


def fill(megabytes, files):
    device = os.stat("/work").st_dev
    say({"attack": "fill", "device": f"{os.major(device)}:{os.minor(device)}"})
    block = bytes(MiB)
    paths = [f"/work/nskit-fill-{index}" for index in range(files)]
    try:
        for path in paths:
            with open(path, "wb", buffering=0) as file:
                for _ in range(megabytes):
                    # A write that reaches a limit is short; the next one fails.
                    left = len(block)
                    while left > 0:
                        left -= file.write(block[:left])
    finally:
        for path in filter(os.path.exists, paths):
            os.unlink(path)


def hog():
    for _ in range(12):
        # Until this process ends. RLIMIT_DATA counts what is mapped, whether it has been written to or not.
        hoard.append(mmap.mmap(-1, 128 * MiB, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))


def fork_bomb():
    """Stays at the limit until the host has seen that the others go on."""
    children = []
    failure = None
    try:
        while len(children) < given["forks"]:
            pid = os.fork()
            if pid == 0:
                signal.pause()
            children.append(pid)
    except OSError as error:
        failure = error
    say({"attack": "fork-bomb", "holding": len(children)})
    sys.stdin.readline()
    for pid in children:
        end(pid)
    if failure is not None:
        raise failure


hoard = []
ATTACKS = {
    "signal orchestrator": lambda: os.kill(given["orchestrator"], signal.SIGURG),
    "signal backend": lambda: os.kill(given["backend"], signal.SIGURG),
    "see processes": lambda: find_process("/app/orchestrator.mjs"),
    "ptrace child": ptrace_child,
    "ptrace orchestrator": lambda: ptrace(given["orchestrator"]),
    "secret": lambda: read("/secrets/token"),
    "secret by proc": lambda: read(f"/proc/{given['orchestrator']}/root/secrets/token"),
    "host file": lambda: read(given["hostFile"]),
    "home file": lambda: read(given["homeFile"]),
    "passwd": lambda: read("/etc/passwd"),
    "connect backend": lambda: connect(*given["backendAddress"]),
    "connect executor": lambda: connect(*given["executorAddress"]),
    "connect host": lambda: connect(*given["hostAddress"]),
    "connect host, abstract": lambda: connect_abstract(given["hostAbstract"]),
    "connect orchestrator": lambda: connect(*given["orchestratorAddress"]),
    "send to orchestrator": lambda: send(*given["orchestratorAddress"]),
    "send to executor": lambda: send(*given["executorAddress"]),
    "mount": mount_tmpfs,
    "unshare": lambda: call("unshare", CLONE_NEWUSER),
    "clone": clone_user,
    "setns": setns_uts,
    "keyctl": lambda: call("keyctl", KEYCTL_GET_KEYRING_ID, SESSION_KEYRING, 0),
    "host key": host_key,
    "bpf": create_map,
    "init_module": lambda: call("init_module", 0, 0, b""),
    "leaked descriptor": lambda: read(f"/proc/self/fd/{given['leak']}/etc/passwd"),
    "write own program": lambda: write("/proc/self/exe"),
    "write init's program": lambda: write("/proc/1/exe"),
    "write model": lambda: write("/model/model.json"),
    "add model": lambda: os.close(os.open("/model/another", os.O_WRONLY | os.O_CREAT)),
    "overwrite program": lambda: overwrite_running("/model/program"),
    "large file": lambda: fill(12, 1),
    "many files": lambda: fill(4, 8),
    "memory": hog,
    "fork-bomb": fork_bomb,
}


def say(value):
    os.write(1, (json.dumps(value) + "\n").encode())


def outcome(attack):
    try:
        attack()
        return "ok"
    except OSError as error:
        return errno.errorcode[error.errno]


for name in given["attacks"]:
    pid = os.fork()
    if pid == 0:
        try:
            say({"attack": name, "result": outcome(ATTACKS[name])})
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
