/** The command of util-linux that shows a probe again, and the words that it would print. */

import type { IdMap, IdMapping } from '../ids/index.js'
import type { SetupStep } from '../plan/steps.js'
import type { IdMapInput } from '../spawn/options.js'
import { NAMESPACE_TYPES, type NamespaceType } from '../tables/namespaces.js'
import { NO_SUBORDINATE_IDS } from './rules/mapper.js'
import { strerror } from './strerror.js'
import type { FailedStep, ProbeUse } from './types.js'

const OPTION: Readonly<Record<NamespaceType, string>> = {
  user: '--user',
  mnt: '--mount',
  uts: '--uts',
  ipc: '--ipc',
  cgroup: '--cgroup',
  net: '--net',
  pid: '--pid',
  time: '--time',
}

export interface Reproducible {
  readonly namespaces: readonly NamespaceType[]
  readonly uidMap?: IdMapInput | undefined
  readonly gidMap?: IdMapInput | undefined
  readonly use?: readonly ProbeUse[] | undefined
  /** The one that failed: the command goes as far as that, and no further. */
  readonly step?: SetupStep | undefined
}

/** "unshare --user --map-root-user --net true" */
export function reproduce({ namespaces, uidMap, gidMap, use = [], step }: Reproducible): string {
  const asked = NAMESPACE_TYPES.filter((type) => namespaces.includes(type))
  const options = asked.flatMap((type) =>
    type === 'user' ? ['--user', ...mapOptions(uidMap, gidMap)] : [OPTION[type]],
  )
  // A new pid namespace begins with the next child (pid_namespaces(7)).
  if (asked.includes('pid')) options.push('--fork')
  const mountsProc = use.includes('proc') || step === 'mount-proc'
  if (mountsProc && asked.includes('pid') && asked.includes('mnt')) options.push('--mount-proc')
  return ['unshare', ...options, commandOf(step)].join(' ')
}

function mapOptions(uidMap: IdMapInput = 'root', gidMap: IdMapInput = uidMap): string[] {
  if (uidMap === 'root' && gidMap === 'root') return ['--map-root-user']
  if (uidMap === 'self' && gidMap === 'self') return ['--map-current-user']
  if (uidMap === 'subids' && gidMap === 'subids') return ['--map-root-user', '--map-auto']
  return [...mapOption('user', uidMap), ...mapOption('group', gidMap)]
}

/** Of several kinds, as unshare 2.38 and later take them. */
function mapOption(kind: 'user' | 'group', map: IdMapInput): string[] {
  if (map === 'root') return [`--map-${kind}=0`]
  if (map === 'self') return [`--map-${kind}=$(id -${kind[0]})`]
  if (map === 'subids') return [`--map-${kind}=0`, `--map-${kind}s=auto`]
  return entriesOf(map).map(
    ({ containerID, hostID, size }) => `--map-${kind}s=${containerID}:${hostID}:${size}`,
  )
}

function entriesOf(map: IdMap | readonly IdMapping[]): readonly IdMapping[] {
  return 'mappings' in map ? map.mappings : map
}

/** What unshare itself does not do. */
function commandOf(step: SetupStep | undefined): string {
  if (step === undefined) return 'true'
  if (/address/.test(step)) return 'ip address add 127.0.0.1/8 dev lo'
  if (/loopback/.test(step)) return 'ip link set lo up'
  if (step === 'set-hostname') return 'hostname probe'
  if (/^mount-tmpfs$/.test(step)) return 'mount -t tmpfs tmpfs /tmp'
  return 'true'
}

/** The kernel's words as unshare, or the command that it would run, prints them. */
export function wordsOf({
  step,
  code,
  mapper,
  text,
}: Pick<FailedStep, 'step' | 'code' | 'mapper' | 'text'>): string {
  if (code === 'SIGSYS') return 'Bad system call'
  if (code === 'ETIMEDOUT') return 'no answer in time'
  if (mapper && text) return text.trim()
  if (code === NO_SUBORDINATE_IDS) {
    return `unshare: no line matching user in /etc/sub${step === 'write-gid-map' ? 'gid' : 'uid'}`
  }
  return `${LINES.find(([steps]) => steps.test(step))?.[1](step, code) ?? `unshare: ${step}`}: ${wordsFor(step, code)}`
}

/** unshare writes uid_map before setgroups, and meets the missing capability there, as EPERM. */
function wordsFor(step: SetupStep, code: string): string {
  return strerror(step === 'write-setgroups' && code === 'EACCES' ? 'EPERM' : code)
}

type Line = readonly [steps: RegExp, words: (step: string, code: string) => string]

const LINES: readonly Line[] = [
  [/^create-/, () => 'unshare: unshare failed'],
  [
    /^write-setgroups$/,
    (_, code) => writeTo(code === 'EACCES' ? 'uid_map' : 'setgroups', code === 'EACCES' ? 'EPERM' : code),
  ],
  [
    /^write-(uid|gid)-map$/,
    (step, code) => writeTo(step.slice(6, 9) === 'uid' ? 'uid_map' : 'gid_map', code),
  ],
  [/^open-proc$/, (_, code) => writeTo('uid_map', code)],
  [/^write-time-offsets$/, (_, code) => writeTo('timens_offsets', code)],
  [/^set-propagation$/, () => 'unshare: cannot change root filesystem propagation'],
  [/^mount-proc$/, () => 'unshare: mount /proc failed'],
  [/^mount-tmpfs$/, () => 'mount: /tmp'],
  [/^pivot-root$/, () => 'pivot_root: failed to change root'],
  [/loopback/, () => 'RTNETLINK answers'],
  [/^set-(hostname|domainname)$/, () => 'hostname: sethostname'],
  [/^set-groups$/, () => 'unshare: setgroups failed'],
  [/^set-gid$/, () => 'unshare: setgid failed'],
  [/^(set-uid|become-root)$/, () => 'unshare: setuid failed'],
  [/^(fork|start-init|start-helper|launch)$/, () => 'unshare: fork failed'],
  [/^exec$/, () => 'unshare: failed to execute true'],
]

/** EACCES and ENOENT come from open(2), which unshare tells apart. */
function writeTo(file: string, code: string): string {
  const verb = code === 'EACCES' || code === 'ENOENT' ? 'cannot open' : 'write failed'
  return `unshare: ${verb} /proc/self/${file}`
}
