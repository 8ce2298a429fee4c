/** Ids: subordinate ranges and their helpers, unmapped ids, setgroups, no_new_privs. */

import { dirname } from 'node:path'
import { type IdRange, subtractRanges } from '../../ids/index.js'
import { SYSTEM_PATH } from '../facts/subids.js'
import { type Fact, type HostFacts, isKnown, valueIn } from '../facts.js'
import type { FailedStep, Remedy } from '../types.js'
import { isIn, quote, unitRemedy } from './remedy.js'

/** Needs nothing of the host. */
const OWN_ID_ALONE: Remedy = {
  scope: 'process',
  title: "Map the own id alone (uidMap: 'root' or 'self'): it needs no helper and no subordinate ids",
  commands: [],
  tradeoff: 'There is one id inside: programs that switch to another user, such as package managers, fail',
}

/** What was asked for first; the own id alone is less than that. */
export function subidRemedies(failed: FailedStep, facts: HostFacts): Remedy[] {
  const { subids } = facts
  const remedies: Remedy[] = []
  const helper = subids[failed.step === 'write-gid-map' ? 'newgidmap' : 'newuidmap']
  if (!isKnown(helper)) remedies.push(installHelpers())
  else if (helper.value.nosuid) remedies.push(helperOnNosuid(helper.value.path))
  else if (!helper.value.setuidRoot) {
    // Whatever else stands in PATH is not to be made setuid.
    const isSystems = SYSTEM_PATH.includes(dirname(helper.value.path))
    remedies.push(isSystems ? setuidHelper(helper.value.path) : installHelpers())
  }
  const named = (['uid', 'gid'] as const).flatMap((kind) =>
    ungranted(failed, kind, facts).map((range) => ({ kind, range })),
  )
  if (named.length > 0) return [grantNamed(named, subids.user), ...remedies, OWN_ID_ALONE]
  // A user that has no range of the one kind mostly has none of the other.
  const short = (['uid', 'gid'] as const).filter((kind) => isTooFew(failed, kind, subids[kind]))
  if (short.length > 0 || remedies.length === 0) {
    remedies.unshift(grantRanges(short.length > 0 ? short : ['uid', 'gid'], subids.user))
  }
  return [...remedies, OWN_ID_ALONE]
}

/** Of a map that names its ids: other ids, however many, are no help. */
function ungranted({ maps }: FailedStep, kind: 'uid' | 'gid', { process, subids }: HostFacts): IdRange[] {
  const own = valueIn(kind === 'uid' ? process.euid : process.egid)
  const asked = (maps?.[kind] ?? []).map(({ hostID, size }) => ({ start: hostID, size }))
  const others = asked.filter(({ start, size }) => size > 1 || start !== own)
  return subtractRanges(others, valueIn(subids[kind]) ?? [])
}

function grantNamed(
  missing: ReadonlyArray<{ kind: 'uid' | 'gid'; range: IdRange }>,
  user: string | undefined,
): Remedy {
  const grants = missing.map(({ kind, range: { start, size } }) => ({
    kind,
    ids: `${start}-${start + size - 1}`,
  }))
  return {
    scope: 'process',
    title: `Grant ${user ?? 'the user'} the ids that the map names, where no other user has them: ${[...new Set(grants.map(({ ids }) => ids))].join(', ')}`,
    commands: [...new Set(grants.map(({ kind }) => kind))].flatMap((kind) => [
      `touch /etc/sub${kind}`,
      `usermod ${grants
        .filter((each) => each.kind === kind)
        .map(({ ids }) => `--add-sub${kind}s ${ids}`)
        .join(' ')} ${quote(user ?? 'USER')}`,
    ]),
    tradeoff: 'Files of the container belong to ids of this range on the host',
  }
}

function isTooFew({ maps }: FailedStep, kind: 'uid' | 'gid', fact: Fact<readonly IdRange[]>): boolean {
  const sum = (list: ReadonlyArray<{ size: number }>) => list.reduce((total, { size }) => total + size, 0)
  const asked = sum((maps?.[kind] ?? []).filter(({ size }) => size > 1))
  return sum(valueIn(fact) ?? []) < Math.max(asked, 1)
}

function installHelpers(): Remedy {
  return {
    scope: 'service',
    title: 'Install newuidmap and newgidmap',
    commands: ['apt-get install -y uidmap || dnf install -y shadow-utils || apk add shadow-subids'],
    tradeoff: 'Two small setuid programs, which write only maps that /etc/subuid and /etc/subgid grant',
  }
}

function setuidHelper(path: string): Remedy {
  return {
    scope: 'service',
    title: `Give ${path} the right that its package gives it`,
    commands: [`chown root:root ${quote(path)}`, `chmod u+s ${quote(path)}`],
    tradeoff: 'A setuid program, which writes only maps that /etc/subuid and /etc/subgid grant',
  }
}

function helperOnNosuid(path: string): Remedy {
  return {
    scope: 'service',
    title: `Put newuidmap and newgidmap on a file system that honours setuid: ${path} is on a nosuid mount`,
    commands: [`findmnt --target ${quote(path)}`],
    tradeoff: 'Mounting the whole file system with suid would free every setuid program on it',
  }
}

function grantRanges(kinds: ReadonlyArray<'uid' | 'gid'>, user: string | undefined): Remedy {
  return {
    scope: 'process',
    title: `Grant ${user ?? 'the user'} 65536 subordinate ids that no other user has`,
    // usermod adds to files only that exist.
    commands: kinds.flatMap((kind) => [
      `touch /etc/sub${kind}`,
      `usermod --add-sub${kind}s "$(${FREE_RANGE} /etc/sub${kind})" ${quote(user ?? 'USER')}`,
    ]),
    tradeoff: 'Files of the container belong to ids of this range on the host',
  }
}

/** Behind the last range of the file, and not below shadow's SUB_UID_MIN. */
const FREE_RANGE =
  'awk -F: \'{ if ($2 + $3 > m) m = $2 + $3 } END { if (m < 100000) m = 100000; printf "%.0f-%.0f", m, m + 65535 }\''

export function noNewPrivilegesRemedies(_failed: FailedStep, facts: HostFacts): Remedy[] {
  const unit = valueIn(facts.environment.unit)
  const remedies = [OWN_ID_ALONE]
  const cost = 'Setuid programs work again in it, and with them whatever faults they have'
  if (unit !== undefined) {
    remedies.push(unitRemedy(unit, `Let ${unit.name} run setuid helpers`, ['NoNewPrivileges=no'], cost))
  }
  if (isIn(facts, 'docker', 'podman')) {
    remedies.push({
      scope: 'service',
      title: 'Start the container without the option no-new-privileges',
      commands: [],
      tradeoff: cost,
    })
  }
  if (isIn(facts, 'kubernetes')) {
    remedies.push({
      scope: 'service',
      title: 'Set allowPrivilegeEscalation: true for the container (it is what no_new_privs is called there)',
      commands: [],
      tradeoff: cost,
    })
  }
  return remedies
}

export function unmappedRemedies(failed: FailedStep, { process }: HostFacts): Remedy[] {
  const creates = failed.step === 'create-user'
  const map = isKnown(process.uidMap) ? ` (${process.uidMap.text})` : ''
  const title = creates
    ? `Run as an id that this user namespace maps${map}: no user namespace is created for an unmapped uid or gid`
    : `Ask only for ids that this user namespace maps${map}, or have the one above map more`
  return [{ scope: 'process', title, commands: creates ? ['cat /proc/self/uid_map /proc/self/gid_map'] : [] }]
}

export function setgroupsRemedies(): Remedy[] {
  return [
    {
      scope: 'process',
      title: "Leave setgroups at 'deny' (the default) and `groups` unset",
      commands: [],
      tradeoff: 'Supplementary groups stay as they are and cannot be dropped inside',
    },
    {
      scope: 'process',
      title: "Map subordinate ids (gidMap: 'subids'): newgidmap leaves setgroups allowed",
      commands: [],
      tradeoff: 'Needs a range in /etc/subgid',
    },
  ]
}

export function capabilityRemedies(failed: FailedStep, facts: HostFacts): Remedy[] {
  const { step, namespaces } = failed
  if (!namespaces.includes('user')) {
    return [
      {
        scope: 'process',
        title: "Unshare 'user' as well: it gives the capabilities inside, and none outside",
        commands: [],
        tradeoff: 'Ids inside are those of the map; files of unmapped ids belong to nobody',
      },
    ]
  }
  if (step === 'write-uid-map' && isRootMap(failed, facts)) return setfcapRemedies(facts)
  return [OWN_ID_ALONE]
}

function isRootMap({ maps }: FailedStep, facts: HostFacts): boolean {
  return maps?.uid.some(({ hostID }) => hostID === 0) ?? valueIn(facts.process.euid) === 0
}

function setfcapRemedies(facts: HostFacts): Remedy[] {
  const unit = valueIn(facts.environment.unit)
  const cost = 'CAP_SETFCAP lets it give file capabilities that hold for root of its own user namespace'
  const remedies: Remedy[] = [
    {
      scope: 'process',
      title:
        'Run as another user than uid 0: mapping uid 0 of this namespace needs CAP_SETFCAP (since Linux 5.12)',
      commands: [],
    },
  ]
  if (isIn(facts, 'docker', 'podman')) {
    const engine = isIn(facts, 'podman') ? 'podman' : 'docker'
    remedies.push({
      scope: 'service',
      title: "Leave CAP_SETFCAP among the container's capabilities, as it is by default",
      commands: [`${engine} run --cap-add SETFCAP IMAGE`],
      tradeoff: cost,
    })
  }
  if (unit !== undefined) {
    remedies.push(
      unitRemedy(unit, `Leave CAP_SETFCAP to ${unit.name}`, ['CapabilityBoundingSet=CAP_SETFCAP'], cost),
    )
  }
  return remedies
}
