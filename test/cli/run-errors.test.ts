import { chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reword } from '../../lib/cli/start/wording'
import { hintFor } from '../../lib/errors/hints'
import { SetupError } from '../../lib/errors/setup-error'
import type { SetupStep } from '../../lib/plan/steps'
import { describeWith, itWith } from '../support/needs'
import { nskit } from './io'

const MNT = ['-u', 'user,mnt']

/** Words of `nskit run`, and how the message begins. */
const WRONG: ReadonlyArray<readonly [args: string[], message: string]> = [
  [['--unshare-net'], 'unknown option --unshare-net; did you mean --unshare?'],
  [['--cwd', '/'], 'unknown option --cwd; did you mean --chdir?'],
  [['--dev-bind', '/a', '/b'], 'unknown option --dev-bind; did you mean --bind?'],
  [['-u', 'user,nett'], "--unshare: 'nett' is no namespace type; did you mean net?"],
  [['-u', ''], "--unshare: '' is no namespace type"],
  [
    ['-u', 'user,pid', '--join', '1:pid'],
    "--unshare: 'pid' cannot be combined with --join of a pid namespace",
  ],
  [['--join', 'blue'], "--join: 'blue' is neither PID, nor PID:TYPES, nor a path with a '/' in it"],
  [['--join', '1:net:uts'], "--join: '1:net:uts' is neither"],
  [['--join', '1:'], "--join: '' is no namespace type"],
  [['--join', '0'], "--join: '0' is no pid"],
  [['--join', '1:net', '--join', '2:net'], "--join: 'net' is joined twice"],
  [['-u', 'user', '--uid-map', 'me'], '--uid-map: '],
  [['-u', 'user', '--uid-map', 'root', '--uid-map', '0:0:1'], '--uid-map: '],
  [['--uid-map', 'self'], '--uid-map requires --unshare user'],
  [['--setgroups', 'no'], "--setgroups: 'no' is none of allow, deny"],
  [['--setgroups', 'deny'], '--setgroups requires --unshare user'],
  [['--uid', 'root'], "--uid: 'root' is no number"],
  [['--uid', '4294967295'], '--uid must be an integer from 0 to 4294967294, not 4294967295'],
  [['--groups', '1,,2'], "--groups: '' is no number"],
  [['--hostname', 'a'], '--hostname requires --unshare uts'],
  [['-u', 'uts', '--hostname', 'a'.repeat(65)], '--hostname must be at most 64 bytes'],
  [['--domainname', 'a'], '--domainname requires --unshare uts'],
  [['--monotonic', '1'], '--unshare time is required by --monotonic and --boottime'],
  [['-u', 'time', '--monotonic', '1e9'], "--monotonic: '1e9' is no time such as 10, 1.5s or 2h"],
  [['-u', 'time', '--boottime', '99999999999'], '--boottime must be at most '],
  [['--root', 'empty'], '--root requires --unshare mnt'],
  [[...MNT, '--root', 'hots'], "--root must be 'host', 'empty' or a path with a '/' in it, not 'hots'"],
  [['--root-readonly'], '--root-readonly requires --unshare mnt'],
  [['--tmpfs', '/a'], '--tmpfs /a requires --unshare mnt'],
  [['--mask', '/a'], '--mask requires --unshare mnt'],
  [[...MNT, '--mask', 'a'], "--mask must be an absolute path, not 'a'"],
  [[...MNT, '--readonly-path', '/a/../b'], "--readonly-path must be a path without '..'"],
  [['--host-proc', '--root', 'empty'], '--root requires --unshare mnt'],
  [[...MNT, '--bind', ''], '--bind : expected SOURCE[:DEST]'],
  [[...MNT, '--bind', '/a:'], '--bind /a:: expected SOURCE[:DEST]'],
  [[...MNT, '--bind', '/a:b'], "--bind /a:b: destination must be an absolute path, not 'b'"],
  [
    [...MNT, '--bind', '/a:/b:ro'],
    "--bind /a:/b:ro: expected SOURCE[:DEST] before the first comma; a ':' of a path",
  ],
  [[...MNT, '--bind', '/a,b'], "--bind /a,b: unknown option 'b'; a ',' of a path is written '\\,'"],
  [[...MNT, '--bind', '/a,noexe'], "--bind /a,noexe: unknown option 'noexe'; did you mean noexec?"],
  [[...MNT, '--bind', '/a,noexec=1'], '--bind /a,noexec=1: noexec has none'],
  [[...MNT, '--bind', '/a,uid-map'], '--bind /a,uid-map: uid-map needs a value'],
  [[...MNT, '--bind', '/a,uid-map=0:0:1'], '--bind /a,uid-map=0:0:1: uid-map and gid-map require each other'],
  [[...MNT, '--bind', '/a,uid-map=x,gid-map=root'], '--bind uid-map: '],
  [
    [...MNT, '--bind', '/a\\b'],
    "--bind /a\\b: a backslash stands before ':', ',' and another backslash only",
  ],
  [[...MNT, '--bind', '/a\\'], '--bind /a\\: a backslash stands before'],
  [[...MNT, '--ro-bind', '/'], "--ro-bind /: destination must be a path below '/': what is there is --root"],
  [[...MNT, '--tmpfs', '/a', '--tmpfs', '/b,size=0'], '--tmpfs /b,size=0: size must be an integer from 1'],
  [[...MNT, '--tmpfs', '/a,size=1X'], "--tmpfs size: '1X' is no size such as 4096 or 64M"],
  [[...MNT, '--tmpfs', '/a,size=9999999T'], "--tmpfs size: '9999999T' is no size"],
  [[...MNT, '--tmpfs', '/a,size=1,size=2'], '--tmpfs /a,size=1,size=2: size is given twice'],
  [[...MNT, '--tmpfs', '/a,mode=8'], "--tmpfs mode: '8' is no octal mode such as 0755"],
  [[...MNT, '--tmpfs', '/a,mode=17777'], '--tmpfs /a,mode=17777: mode must be an integer'],
  [[...MNT, '--proc', '/a'], "--proc /a: type 'proc' requires --unshare pid"],
  [[...MNT, '--dev', '/dev,ro'], "--dev /dev,ro: unknown option 'ro'"],
  [[...MNT, '--overlay', '/a,lower=/b'], '--overlay /a,lower=/b: lower must be at least 2 paths'],
  [
    [...MNT, '--overlay', '/a,lower=/b,upper=/c'],
    '--overlay /a,lower=/b,upper=/c: upper and work require each other',
  ],
  [[...MNT, '--symlink', 'a'], '--symlink a: expected TARGET:DEST'],
  [[...MNT, '--symlink', 'a:/b'], '--symlink a:/b: a symlink is only made in --root empty or in a --tmpfs'],
  [[...MNT, '--file', '/dev/null'], '--file /dev/null: expected SOURCE:DEST'],
  [
    ['--capabilities', 'net_ra'],
    "--capabilities: unknown capability 'CAP_NET_RA'; did you mean 'CAP_NET_RAW'?",
  ],
  [['--capabilities', 'none,chown'], "--capabilities: unknown capability 'CAP_NONE'"],
  [['--seccomp', '/dev/null'], '--seccomp'],
  [['--rlimit', 'nofile'], "--rlimit: 'nofile' is not NAME=SOFT[:HARD]"],
  [['--rlimit', 'nofile=1:'], "--rlimit: 'nofile=1:' is not NAME=SOFT[:HARD]"],
  [['--rlimit', 'nofile=many'], "--rlimit nofile: 'many' is no size"],
  [['--rlimit', 'nofil=1'], '--rlimit: nofil: unknown limit; did you mean '],
  [['--rlimit', 'nofile=2:1'], '--rlimit: nofile.soft must be at most its hard limit, 1, not 2'],
  [['--cgroup', ''], '--cgroup must be a non-empty string'],
  [['--env', 'A'], "--env: 'A' is not NAME=VALUE"],
  [['--env', '=A'], "--env: '=A' is not NAME=VALUE"],
  [['--unset-env', 'A=B'], "--unset-env: 'A=B' is no name of a variable"],
  [['--fd', '1'], '--fd: 1 must be a descriptor that stdio does not set'],
  [['--fd', '5=6=7'], "--fd: '5=6=7' is not FD[=YOURS]"],
  [['--fd', 'x'], "--fd: 'x' is no number"],
  [['--timeout', 'soon'], "--timeout: 'soon' is no time"],
  [['--timeout=-1'], "--timeout: '-1' is no time to wait; the longest is 24 days"],
  [['--timeout', '25d'], "--timeout: '25d' is no time to wait; the longest is 24 days"],
  [['--kill-signal', 'STOPP'], "--kill-signal: 'STOPP' is no signal such as TERM or 15"],
  [['--kill-signal', '65'], '--kill-signal must be an integer from 1 to 64'],
  [['--ignore', 'mounts'], '--ignore requires --bundle'],
  [['--bundle', '/dev/null'], '--bundle /dev/null: Unexpected end of JSON input'],
  [['--no-init=false'], '--no-init takes no value'],
  [
    ['--hostname', '--no-init'],
    '--hostname needs a value: NAME; one that begins with a dash is --hostname=--no-init',
  ],
  [['--tmpf', '/a'], 'unknown option --tmpf; did you mean --tmpfs?'],
]

describe('nskit run, wrongly told', () => {
  test.each(WRONG)('%j', async (args, message) => {
    const { code, stdout, stderr } = await nskit('run', ...args, '--', 'true')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.slice(0, 'nskit run: '.length + message.length)).toBe(`nskit run: ${message}`)
    expect(stderr).toMatch(/\nTry 'nskit run --help'\.\n$/)
  })

  test('an empty command', async () => {
    expect((await nskit('run', '')).stderr).toMatch("nskit run: COMMAND must be a non-empty string, not ''")
    expect((await nskit('run', '--')).stderr).toMatch('nskit run: a command is missing')
  })

  test.each<[args: string[], message: string]>([
    [['--file', '/absent:/a'], "--file: ENOENT: no such file or directory, open '/absent'"],
    [['--seccomp', './absent'], "--seccomp: ENOENT: no such file or directory, open './absent'"],
    [['--bundle', '/absent'], "--bundle: ENOENT: no such file or directory, stat '/absent'"],
    [['--join', '/absent'], "--join: ENOENT: no such file or directory, open '/absent'"],
    [['--join', '4194304'], "--join: ESRCH: no such process, stat '/proc/4194304'"],
    [['--join', '/dev/null'], '--join: ENOTTY'],
  ])('%j is a failure: what it names is not there', async (args, message) => {
    const { code, stdout, stderr } = await nskit('run', ...args, 'true')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.slice(0, 'nskit: '.length + message.length)).toBe(`nskit: ${message}`)
  })
})

describeWith('userns', 'nskit run, refused by the kernel', () => {
  test.each<[args: string[], message: string]>([
    [
      ['--bind', '/absent:/mnt'],
      '--bind /absent:/mnt: open-source /absent: ENOENT, no such file or directory',
    ],
    [
      ['--tmpfs', '/mnt', '--bind', '/etc:/mnt/a', '--tmpfs', '/mnt', '--chdir', '/mnt/a'],
      'change-directory /mnt/a: ENOENT, no such file or directory. --tmpfs /mnt has no such directory: mounts are made in',
    ],
    [['--tmpfs', '/absent'], '--tmpfs /absent: mount-tmpfs /absent: ENOENT, no such file or directory'],
    [
      ['--chdir', '/absent'],
      'change-directory /absent: ENOENT, no such file or directory. --chdir is looked up',
    ],
    [['--fd', '9=1000'], 'move-descriptors'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await nskit('run', ...MNT, ...args, 'true')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.slice(0, 'nskit: '.length + message.length)).toBe(`nskit: ${message}`)
  })
})

itWith('root', 'root of a user namespace in a directory of another user', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nskit-closed-'))
  try {
    const below = join(folder, 'below')
    mkdirSync(below)
    chownSync(folder, 1, 1)
    const { code, stderr } = await nskit('run', ...MNT, '--bind', `${below}:/mnt`, 'true')
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/: open-source .*EACCES.*leave user out of --unshare, or map the owner/),
    })
    expect((await nskit('run', '-u', 'mnt', '--bind', `${below}:/mnt`, 'true')).code).toBe(0)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

describe('hints in the words of the command line', () => {
  test.each<[step: SetupStep, code: string, words: string]>([
    ['create-net', 'EPERM', 'add user to --unshare'],
    ['write-setgroups', 'EPERM', '--setgroups allow needs'],
    ['set-groups', 'EPERM', 'leave --groups out'],
    ['mount-proc', 'EPERM', '--host-proc shows the old /proc, in --root host --no-proc keeps'],
    ['open-source', 'EINVAL', 'leave norecursive out; with uid-map'],
    ['mount-tmpfs', 'ENOENT', 'only made in --root empty and below a --tmpfs or --dev that stands earlier;'],
    ['join-net', 'EPERM', '--join PID:user,'],
    ['change-directory', 'ENOENT', '--chdir is looked up'],
    ['open-source', 'EACCES', 'leave user out of --unshare, or map the owner with --uid-map and --gid-map'],
    ['drop-bounding', 'EPERM', '--unshare user; with --no-new-privileges it'],
    ['set-capabilities', 'EPERM', 'add user to --unshare'],
    ['seccomp', 'EACCES', 'needs --no-new-privileges, or'],
    ['move-descriptors', 'EBADF', 'A descriptor of --fd is not open'],
  ])('%s %s', (step, code, words) => {
    const error = new SetupError({ step, errno: 1, syscall: 'x', hint: hintFor(step, code) })
    reword(error, [])
    expect(error.message).toContain(words)
  })
})
