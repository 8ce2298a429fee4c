/**
 * What users see from the programs that meet the same refusal, as bubblewrap 0.4 to 0.12, Chrome and Podman
 * print it.
 */

import { kindOfStep } from './kind.js'
import { strerror } from './strerror.js'
import type { FailedStep } from './types.js'

const NO_PERMISSIONS =
  'bwrap: No permissions to create new namespace, likely because the kernel does not allow non-privileged user namespaces.'
const NESTING =
  'bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)'
const NOT_SUPPORTED =
  'bwrap: Creating new namespace failed, likely because the kernel does not support user namespaces.'
const CHROME = 'No usable sandbox!'
/** The two that people report most: from AppArmor's restriction, with and without a network namespace. */
export const UID_MAP_SYMPTOM = 'bwrap: setting up uid map: Permission denied'
export const LOOPBACK_SYMPTOM = 'bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted'

interface Row {
  readonly steps: RegExp
  readonly codes?: readonly string[]
  /** {} stands for the errno's words. */
  readonly say: readonly string[]
}

/**
 * The first row that fits. bwrap asks for all its namespaces in one call, so any refused one reads the same.
 */
const ROWS: readonly Row[] = [
  { steps: /./, codes: ['SIGSYS'], say: ['Bad system call'] },
  { steps: /./, codes: ['ETIMEDOUT'], say: [] },
  {
    steps: /^open-proc$/,
    say: ["bwrap: Can't open /proc: {}", 'unshare: cannot open /proc/self/uid_map: {}'],
  },
  { steps: /^create-/, codes: ['ENOSPC'], say: [NESTING, 'unshare: unshare failed: {}', 'cannot clone: {}'] },
  { steps: /^create-/, codes: ['EINVAL'], say: [NOT_SUPPORTED, 'unshare: unshare failed: {}'] },
  {
    steps: /^create-/,
    codes: ['EPERM'],
    say: [NO_PERMISSIONS, 'unshare: unshare failed: {}', CHROME, 'cannot clone: {}'],
  },
  {
    steps: /^create-/,
    say: ['bwrap: Creating new namespace failed: {}', 'unshare: unshare failed: {}', CHROME],
  },
  // A capability that is taken away: the map is where unshare meets it, the next namespace where bwrap does.
  {
    steps: /^write-(setgroups|uid-map|gid-map)$/,
    codes: ['EPERM', 'EACCES'],
    say: [
      UID_MAP_SYMPTOM,
      NO_PERMISSIONS,
      'unshare: write failed /proc/self/uid_map: Operation not permitted',
      CHROME,
    ],
  },
  {
    steps: /^set-propagation$/,
    say: ['bwrap: Failed to make / slave: {}', 'unshare: cannot change root filesystem propagation: {}'],
  },
  {
    steps: /^mount-proc$/,
    say: ["bwrap: Can't mount proc on /newroot/proc: {}", 'unshare: mount /proc failed: {}'],
  },
  { steps: /^mount-/, say: ['bwrap: Failed to mount tmpfs: {}'] },
  { steps: /^pivot-root$/, say: ['bwrap: pivot_root: {}'] },
  // The errno in bwrap's own text is what was left of an earlier call; this is how it mostly reads.
  { steps: /loopback/, say: [LOOPBACK_SYMPTOM] },
  { steps: /^set-hostname$/, say: ["bwrap: Can't set hostname to probe: {}"] },
]

/** newuidmap's side is Podman's world: bwrap never maps more than one id. */
const MAPPER_SAYS: Readonly<Record<string, readonly string[]>> = {
  ENOENT: [
    'command required for rootless mode with multiple IDs: exec: "newuidmap": executable file not found in $PATH',
  ],
  ERR_NSKIT_NO_SUBORDINATE_IDS: ['cannot find UID/GID for user: no subuid ranges found in /etc/subuid'],
  other: [
    'newuidmap: write to uid_map failed: Operation not permitted',
    'cannot set up namespace using "/usr/bin/newuidmap": exit status 1',
  ],
}

export function symptomsOf({ step, code, mapper, text }: FailedStep): string[] {
  if (mapper || code === 'ERR_NSKIT_NO_SUBORDINATE_IDS') {
    const said = text?.trim()
    return [...(said ? [said] : []), ...(MAPPER_SAYS[code] ?? MAPPER_SAYS.other ?? [])]
  }
  const row = ROWS.find(
    ({ steps, codes }) => steps.test(step) && (codes === undefined || codes.includes(code)),
  )
  return (row?.say ?? []).map((line) => line.replace('{}', strerror(code)))
}

/** By kind: what a doctor shows where nothing more particular is known. */
export function commonSymptom(
  step: FailedStep['step'],
  namespaces: FailedStep['namespaces'],
): string | undefined {
  const kind = kindOfStep(step, namespaces)
  if (kind === 'user') return /^(create-|write-)/.test(step) ? UID_MAP_SYMPTOM : undefined
  return kind === 'net' ? LOOPBACK_SYMPTOM : undefined
}
