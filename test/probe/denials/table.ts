import type { SetupStep } from '../../../lib/plan/steps'
import { diagnoseDenial } from '../../../lib/probe/diagnose-denial'
import { type HostFacts, known } from '../../../lib/probe/facts'
import { remediesFor } from '../../../lib/probe/remedies'
import type { Confidence, DenialCause, FailedStep } from '../../../lib/probe/types'
import { MOUNTS } from '../host'

export const OWN = [{ containerID: 0, hostID: 1000, size: 1 }]
export const ROOTS = [{ containerID: 0, hostID: 0, size: 1 }]
export const SUBIDS = [...OWN, { containerID: 1, hostID: 100_000, size: 65_536 }]

export function failed(step: SetupStep, code: string, more: Partial<FailedStep> = {}): FailedStep {
  const maps = { uid: OWN, gid: OWN, setgroups: 'deny' } as const
  return { step, code, syscall: 'unshare', namespaces: ['user', 'mnt', 'pid', 'net', 'uts'], maps, ...more }
}

export type Row = [
  name: string,
  facts: HostFacts,
  failed: FailedStep,
  cause: DenialCause,
  confidence: Confidence,
  source?: string,
]

export const DEBIAN_OFF = { '/proc/sys/kernel/unprivileged_userns_clone': '0\n' }
export const CLONE3_HIDDEN = { clone3: known('clone3(2)', 'ENOSYS') }
export const CHROOT = { '/proc/self/mountinfo': MOUNTS.replace(/^27 .*\n/m, '') }
export const MASKED = {
  '/proc/self/mountinfo': `${MOUNTS}40 22 0:40 / /proc/acpi ro,relatime - tmpfs tmpfs ro\n41 22 0:21 /sys /proc/sys ro - proc proc rw\n`,
}
export const SELINUX = {
  '/sys/fs/selinux/enforce': '1',
  '/proc/self/attr/current': 'system_u:system_r:container_t:s0:c1,c2\0',
}
export const MAPPER = { mapper: true, maps: { uid: SUBIDS, gid: SUBIDS, setgroups: 'allow' } } as const

export function limited(type: string, value = 0) {
  return { [`/proc/sys/user/max_${type}_namespaces`]: `${value}\n` }
}

/** What a table of denials says of each row: cause and confidence, and that what is advised can be given to anyone. */
export function denials(title: string, rows: readonly Row[]): void {
  describe(title, () => {
    it.each(rows.map((row) => [row[0], row] as const))('%s', (_name, row) => check(row))
  })
}

function check([, facts, failure, cause, confidence, source]: Row): void {
  const diagnosis = diagnoseDenial(failure, facts)
  expect([diagnosis.cause, diagnosis.confidence]).toEqual([cause, confidence])
  if (source !== undefined) expect(diagnosis.evidence[0]!.source).toContain(source)
  if (confidence === 'certain') {
    expect(diagnosis.evidence.length).toBeGreaterThan(0)
    for (const { value } of diagnosis.evidence) expect(value).not.toMatch(/^unreadable/)
  }
  const remedies = remediesFor(diagnosis.cause, failure, facts)
  if (cause !== 'unsupported-platform') expect(remedies.length).toBeGreaterThan(0)
  const hostWide = remedies.findIndex(({ scope }) => scope === 'host')
  if (hostWide >= 0) expect(remedies.slice(hostWide).every(({ scope }) => scope === 'host')).toBe(true)
  expect(JSON.stringify(remedies)).not.toMatch(
    /--privileged|sudo|seccomp=unconfined|apparmor=unconfined|SYS_ADMIN/,
  )
}
