import { classifyProgram } from '../../lib/probe/classify-program'
import { diagnoseDenial } from '../../lib/probe/diagnose-denial'
import { host, ubuntu } from './host'

type Row = [command: string, stderr: string, kind: string, step: string, code: string]

const NO_PERMISSIONS = 'likely because the kernel does not allow non-privileged user namespaces.'

const ROWS: Row[] = [
  ['crun', 'clone: Operation not permitted', 'user', 'create-user', 'EPERM'],
  ['crun', 'unshare(CLONE_NEWUSER): Operation not permitted', 'user', 'create-user', 'EPERM'],
  [
    'runc',
    'runc: nsexec[1]: failed to unshare remaining namespaces (except cgroupns): Operation not permitted',
    'user',
    'create-user',
    'EPERM',
  ],
  [
    'setpriv',
    'unshare: write failed /proc/self/uid_map: Operation not permitted',
    'user',
    'write-uid-map',
    'EPERM',
  ],
  [
    'unshare',
    'unshare: no line matching user "ada" in /etc/subuid',
    'user',
    'write-uid-map',
    'ERR_NSKIT_NO_SUBORDINATE_IDS',
  ],
  ['unshare', 'unshare: setgroups failed: Operation not permitted', 'user', 'set-groups', 'EPERM'],
  [
    'bwrap',
    `bwrap: No permissions to creating new namespace, ${NO_PERMISSIONS} On e.g. debian…`,
    'user',
    'create-user',
    'EPERM',
  ],
  [
    'bwrap',
    `bwrap: No permissions to create new namespace, ${NO_PERMISSIONS}`,
    'user',
    'create-user',
    'EPERM',
  ],
  [
    '/usr/bin/bwrap',
    `bwrap: No permissions to create a new namespace, ${NO_PERMISSIONS} See <https://deb.li/bubblewrap>`,
    'user',
    'create-user',
    'EPERM',
  ],
  [
    'bwrap',
    'bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)',
    'user',
    'create-user',
    'ENOSPC',
  ],
  [
    'bwrap',
    'bwrap: Creating new namespace failed, likely because the kernel does not support user namespaces.  bwrap must be installed setuid on such systems.',
    'user',
    'create-user',
    'EINVAL',
  ],
  ['bwrap', 'bwrap: Creating new namespace failed: Permission denied', 'user', 'create-user', 'EACCES'],
  [
    'bwrap',
    'bwrap: Creating new namespace failed: Function not implemented',
    'user',
    'create-user',
    'ENOSYS',
  ],
  ['bwrap', 'bwrap: setting up uid map: Permission denied', 'user', 'write-uid-map', 'EACCES'],
  ['bwrap', 'bwrap: setting up gid map: Operation not permitted', 'user', 'write-gid-map', 'EPERM'],
  ['bwrap', 'bwrap: error writing to setgroups: Permission denied', 'user', 'write-setgroups', 'EACCES'],
  [
    'bwrap',
    'bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted',
    'net',
    'bring-up-loopback',
    'EPERM',
  ],
  ['bwrap', 'bwrap: loopback: Failed RTM_NEWADDR: No child processes', 'net', 'bring-up-loopback', 'EPERM'],
  ['bwrap', 'bwrap: loopback: Failed RTM_NEWADDR: Success', 'net', 'bring-up-loopback', 'EPERM'],
  [
    'bwrap',
    'bwrap: loopback: Failed to create NETLINK_ROUTE socket: Address family not supported by protocol',
    'net',
    'bring-up-loopback',
    'EAFNOSUPPORT',
  ],
  ['bwrap', 'bwrap: Failed to make / slave: Permission denied', 'mnt', 'set-propagation', 'EACCES'],
  [
    'bwrap',
    "bwrap: Can't mount proc on /newroot/proc: Operation not permitted",
    'mnt',
    'mount-proc',
    'EPERM',
  ],
  ['bwrap', 'bwrap: pivot_root: Permission denied', 'mnt', 'pivot-root', 'EACCES'],
  ['bwrap', "bwrap: Can't set hostname to box: Operation not permitted", 'uts', 'set-hostname', 'EPERM'],
  ['bwrap', 'bwrap: execvp /bin/true: No such file or directory', 'user', 'exec', 'ENOENT'],
  [
    'codex',
    'warning: something\nbwrap: setting up uid map: Permission denied\n',
    'user',
    'write-uid-map',
    'EACCES',
  ],
  ['unshare', 'unshare: unshare failed: Operation not permitted', 'user', 'create-user', 'EPERM'],
  ['unshare', 'unshare: unshare failed: No space left on device', 'user', 'create-user', 'ENOSPC'],
  [
    'unshare',
    'unshare: write failed /proc/self/uid_map: Operation not permitted',
    'user',
    'write-uid-map',
    'EPERM',
  ],
  [
    'unshare',
    'unshare: cannot open /proc/self/setgroups: Permission denied',
    'user',
    'write-setgroups',
    'EACCES',
  ],
  [
    'unshare',
    'unshare: cannot change root filesystem propagation: Permission denied',
    'mnt',
    'set-propagation',
    'EACCES',
  ],
  ['unshare', 'unshare: mount /proc failed: Operation not permitted', 'mnt', 'mount-proc', 'EPERM'],
  ['busybox', 'unshare: unshare(0x10000000): Operation not permitted', 'user', 'create-user', 'EPERM'],
  ['unshare', 'unshare: failed to execute nothing: No such file or directory', 'user', 'exec', 'ENOENT'],
  [
    'chrome',
    '[12:12:0101/000000.1:FATAL:zygote_host_impl_linux.cc(128)] No usable sandbox! Update your kernel',
    'user',
    'create-user',
    'EPERM',
  ],
  [
    'chromium',
    'No usable sandbox! If you are running on Ubuntu 23.10+ or another Linux distro that has disabled unprivileged user namespaces with AppArmor',
    'user',
    'create-user',
    'EPERM',
  ],
  [
    'electron',
    'The SUID sandbox helper binary was found, but is not configured correctly. Rather than run without sandboxing',
    'user',
    'create-user',
    'EPERM',
  ],
  [
    'chrome',
    'Failed to move to new namespace: PID namespaces supported, Network namespace supported, but failed: errno = Operation not permitted',
    'user',
    'create-user',
    'EPERM',
  ],
  [
    'chrome',
    '[1:1:FATAL:credentials.cc(131)] Check failed: . : Permission denied (13)',
    'user',
    'write-uid-map',
    'EACCES',
  ],
  ['podman', 'Error: cannot clone: Operation not permitted', 'user', 'create-user', 'EPERM'],
  [
    'podman',
    'user namespaces are not enabled in /proc/sys/user/max_user_namespaces',
    'user',
    'create-user',
    'ENOSPC',
  ],
  [
    'podman',
    'Error: command required for rootless mode with multiple IDs: exec: "newuidmap": executable file not found in $PATH',
    'user',
    'write-uid-map',
    'ENOENT',
  ],
  [
    'podman',
    'running `/usr/bin/newuidmap 7 0 1000 1 1 100000 65536`: newuidmap: write to uid_map failed: Operation not permitted',
    'user',
    'write-uid-map',
    'EPERM',
  ],
  [
    'podman',
    'Error: cannot find UID/GID for user ada: no subuid ranges found for user "ada" in /etc/subuid',
    'user',
    'write-uid-map',
    'ERR_NSKIT_NO_SUBORDINATE_IDS',
  ],
  [
    'rootlesskit',
    '[rootlesskit:parent] error: failed to start the child: fork/exec /proc/self/exe: operation not permitted',
    'user',
    'create-user',
    'EPERM',
  ],
  [
    'dockerd-rootless.sh',
    '[rootlesskit:parent] error: failed to start the child: fork/exec /proc/self/exe: permission denied',
    'user',
    'create-user',
    'EACCES',
  ],
  [
    'k3s',
    'FATA[0000] failed to start the child: fork/exec /proc/self/exe: no space left on device',
    'user',
    'create-user',
    'ENOSPC',
  ],
  [
    'rootlesskit',
    '[rootlesskit:parent] error: failed to setup UID/GID map: failed to compute uid/gid map: No subuid ranges found for user 1001 ("ada")',
    'user',
    'write-uid-map',
    'ERR_NSKIT_NO_SUBORDINATE_IDS',
  ],
  ['bwrap', "bwrap: Can't open /proc: No such file or directory", 'user', 'open-proc', 'ENOENT'],
  ['bwrap', "bwrap: Can't open /proc/self/mountinfo: Permission denied", 'user', 'open-proc', 'EACCES'],
  [
    'podman',
    'Error: crun: mount `proc` to `proc`: Operation not permitted: OCI permission denied',
    'mnt',
    'mount-proc',
    'EPERM',
  ],
]

it.each(ROWS)('%s: %s', (command, stderr, kind, step, code) => {
  const verdict = classifyProgram([command, '--flag'], { exitCode: 1, signal: null, stderr: `${stderr}\n` })
  expect(verdict).toMatchObject({ ok: false, kind, step, code })
  if (!verdict.ok) expect(stderr).toContain(verdict.reason)
})

it('success is success, whatever was said', () => {
  expect(classifyProgram(['chrome'], { exitCode: 0, signal: null, stderr: 'No usable sandbox!' })).toEqual({
    ok: true,
  })
})

it.each([
  [{ exitCode: null, signal: 'SIGSYS' as const, stderr: '' }, 'create-user', 'SIGSYS', 'Bad system call'],
  [{ exitCode: 159, signal: null, stderr: 'Bad system call' }, 'create-user', 'SIGSYS', 'Bad system call'],
  [{ exitCode: 127, signal: null, stderr: '' }, 'exec', 'ENOENT', 'exit code 127'],
  [
    { exitCode: 1, signal: null, stderr: 'bwrap: Unknown option --bogus' },
    'exec',
    'UNKNOWN',
    'bwrap: Unknown option --bogus (exit code 1)',
  ],
  [{ exitCode: null, signal: 'SIGTRAP' as const, stderr: '' }, 'exec', 'UNKNOWN', 'signal SIGTRAP'],
])('without known words the status speaks: %j', (end, step, code, reason) => {
  expect(classifyProgram(['bwrap'], end)).toMatchObject({ ok: false, kind: 'user', step, code, reason })
})

it('errno is negative, and 0 where there was none', () => {
  const end = { exitCode: 1, signal: null, stderr: 'bwrap: pivot_root: Permission denied' }
  expect(classifyProgram(['bwrap'], end)).toMatchObject({ errno: -13, syscall: 'pivot_root' })
  expect(classifyProgram(['x'], { exitCode: 3, signal: null, stderr: '' })).toMatchObject({ errno: 0 })
})

it('what a program says is diagnosed as a step of its own', () => {
  const stderr = 'bwrap: setting up uid map: Permission denied'
  const verdict = classifyProgram(['/usr/bin/bwrap'], { exitCode: 1, signal: null, stderr })
  if (verdict.ok) throw new Error('bwrap failed')
  const failed = { ...verdict, namespaces: ['user', 'net'] as const, program: '/usr/bin/bwrap' }
  expect(diagnoseDenial(failed, host({ files: ubuntu() }))).toMatchObject({ cause: 'apparmor' })
})
