/** What the library says of its options, in the words of the command line. */

import { relative, resolve } from 'node:path'
import type { SetupError } from '../../errors/setup-error.js'
import type { Mount } from '../../spawn/mount.js'
import { UsageError } from '../command.js'
import type { GivenMount } from './mounts.js'

/** Option of SpawnOptions → option of the command line. */
const FLAGS: Readonly<Record<string, string>> = {
  argv0: '--argv0',
  capabilities: '--capabilities',
  cgroup: '--cgroup',
  command: 'COMMAND',
  cwd: '--chdir',
  domainname: '--domainname',
  fds: '--fd',
  gid: '--gid',
  gidMap: '--gid-map',
  groups: '--groups',
  hostname: '--hostname',
  join: '--join',
  killSignal: '--kill-signal',
  maskedPaths: '--mask',
  proc: '--host-proc',
  readonlyPaths: '--readonly-path',
  rlimits: '--rlimit',
  root: '--root',
  rootReadonly: '--root-readonly',
  seccomp: '--seccomp',
  setgroups: '--setgroups',
  timeout: '--timeout',
  uid: '--uid',
  uidMap: '--uid-map',
  unshare: '--unshare',
}

/** Where an option and its value are another option here. */
const PHRASES: ReadonlyArray<readonly [RegExp, string]> = [
  [/\bproc: 'host'/g, '--host-proc'],
  [/\bproc: false\b/g, '--no-proc'],
  [/\bnoNewPrivileges: true\b/g, '--no-new-privileges'],
  [/\bnoNewPrivileges\b/g, '--no-new-privileges'],
  [/\bleave recursive: false out\b/g, 'leave norecursive out'],
  [/\bidMap\b/g, 'uid-map'],
  [/\bleave 'user' out of unshare\b/g, 'leave user out of --unshare'],
  [/\buidMap and gidMap\b/g, '--uid-map and --gid-map'],
  [/\badd 'user' to unshare\b/g, 'add user to --unshare'],
  [/^timeOffsets requires unshare: 'time'/, '--unshare time is required by --monotonic and --boottime'],
  [/\bthe option root\b/g, '--root'],
  [/\bleave `groups` out\b/g, 'leave --groups out'],
  [/\bjoin of a (mount|pid) namespace\b/g, '--join of a $1 namespace'],
  [/\bjoin its user namespace as well\b/g, 'join its user namespace as well (--join PID:user,…)'],
  [/\ba 'tmpfs' or 'dev' that stands earlier in mounts\b/g, 'a --tmpfs or --dev that stands earlier'],
  [/\ba tmpfs of mounts\b/g, 'a --tmpfs that stands earlier'],
  [/\bcwd is\b/g, '--chdir is'],
  [/\bstdio or fds\b/g, '--fd'],
]

/** A wrong option is the command line's fault. `mounts`: in the order of the library's. */
export function inWordsOf<T>(mounts: readonly GivenMount[], call: () => T): T {
  try {
    return call()
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error
    throw new UsageError(wordingOf(error.message, mounts))
  }
}

/** What the kernel has refused gets the option that it was about, and what to do: only the message is printed. */
export function reword(error: SetupError, mounts: readonly GivenMount[]): void {
  const about = mounts.filter(({ mount }) => placeOf(error, mount) === error.target)
  if (about.length === 1) error.message = `${about[0]!.called}: ${error.message}`
  const hint = hidden(error, mounts) ?? (error.hint === undefined ? undefined : phrased(error.hint))
  if (hint !== undefined) error.message += `. ${hint}`
}

/** `--bind . --tmpfs /tmp`, in a directory below /tmp. */
function hidden({ step, code, target }: SetupError, mounts: readonly GivenMount[]): string | undefined {
  if (step !== 'change-directory' || code !== 'ENOENT' || target === undefined) return undefined
  const above = mounts.findLast(({ mount }) => !/^\.\.(\/|$)/.test(relative(mount.destination, target)))
  return above && `${above.called} has no such directory: mounts are made in the order in which they stand`
}

function placeOf({ step }: SetupError, mount: Mount): string | undefined {
  if (step === 'open-source') return mount.type === 'bind' ? resolve(mount.source) : undefined
  return /^(bind-mount|mount-\w+|write-file|make-symlink)$/.test(step) ? mount.destination : undefined
}

export function wordingOf(message: string, mounts: readonly GivenMount[]): string {
  return phrased(named(message, mounts))
}

function phrased(message: string): string {
  const text = PHRASES.reduce((told, [phrase, words]) => told.replace(phrase, words), message)
  return text.replace(/(?<!-)\b(unshare|root|setgroups): ('\w+'(?: and '\w+')*)/g, (_, name, values) => {
    return `${FLAGS[name]} ${String(values).replaceAll("'", '').replaceAll(' and ', ',')}`
  })
}

/** An option that a message begins with: 'mounts[2].size must …', 'rlimits: …'. */
function named(message: string, mounts: readonly GivenMount[]): string {
  const [start, name = '', index, key] = /^(\w+)(?:\[([0-9]+)\])?(?:\.([\w.]+))?(?=:? )/.exec(message) ?? []
  if (start === undefined) return message
  const rest = message.slice(start.length)
  if (name === 'timeOffsets' && key !== undefined) return `--${key}${rest}`
  const flag = name === 'mounts' ? mounts[Number(index ?? 0)]?.called : FLAGS[name]
  if (flag === undefined) return message
  return `${flag}${key === undefined ? '' : `: ${key}`}${rest}`
}
