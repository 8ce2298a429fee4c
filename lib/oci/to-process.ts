/** process: the command, its ids, and what it may do and use. */

import { resolve } from 'node:path'
import { checkText } from '../plan/check.js'
import { joinsUser } from '../plan/joins.js'
import { insideJoined } from '../plan/maps.js'
import { readStatus } from '../status/index.js'
import { UNLIMITED } from '../tables/rlimits.js'
import { capabilitiesOf } from './kept-capabilities.js'
import type { Source } from './source.js'
import type { OciInteger, OciProcess, OciUser } from './types.js'

export function processOf(source: Source): OciProcess {
  const { command, privileges } = source.settings
  const user = userOf(source)
  const rlimits = privileges.rlimits.map(({ name, soft, hard }) => ({
    type: name,
    soft: limit(soft),
    hard: limit(hard),
  }))
  return {
    terminal: false,
    user,
    args: [command.file, ...command.argv.slice(1)],
    env: environmentOf(source),
    cwd: cwdOf(source),
    capabilities: capabilitiesOf(source, user.uid),
    ...(rlimits.length === 0 ? {} : { rlimits }),
    noNewPrivileges: privileges.noNewPrivileges,
  }
}

function limit(value: bigint): OciInteger {
  return value === UNLIMITED ? value : Number(value)
}

function environmentOf({ settings, refusals }: Source): string[] {
  const { env = process.env, file } = settings.command
  const entries: string[] = []
  for (const key in env)
    if (env[key] !== undefined) entries.push(checkText(`env.${key}`, `${key}=${env[key]}`))
  if (!file.includes('/') && env.PATH === undefined) {
    refusals.add('env', `has no PATH, and runtimes know no other to look for '${file}': give its path`)
  }
  return entries
}

/** As spawn: in a root of its own / is where a relative one begins, and the default. */
function cwdOf({ settings }: Source): string {
  const { command, filesystem } = settings
  return resolve(filesystem.root.kind === 'host' ? process.cwd() : '/', command.cwd ?? '.')
}

function userOf(source: Source): OciUser {
  const { uid, gid } = source.settings.namespaces
  const user = { uid: uid ?? ownId('uid', source), gid: gid ?? ownId('gid', source) }
  // The group itself left out: a runtime without privilege takes no list at all.
  const additionalGids = groupsOf(source).filter((group) => group !== user.gid)
  return {
    ...user,
    umask: readStatus('self').umask ?? 0o022,
    ...(additionalGids.length === 0 ? {} : { additionalGids }),
  }
}

/** The caller's, as it shows inside; where it does not, 0, as enter.ts has it. */
function ownId(kind: 'uid' | 'gid', { settings, caller, maps, refusals }: Source): number {
  const { namespaces } = settings
  if (maps === undefined) {
    if (namespaces.join.some((target) => 'fd' in target && target.type === 'user')) {
      refusals.add(kind, 'is required where a user namespace is joined by a handle, whose map is not known')
    }
    return insideJoined(namespaces, caller)[kind]
  }
  const map = maps[kind]
  const own = map.toContainer(caller[kind])
  if (own === undefined && map.toHost(0) === undefined) {
    refusals.add(kind, `is required: ${kind}Map has neither the caller's id nor 0`)
  }
  return own ?? 0
}

/** With other ids, and where setgroups is denied, there are none to give. */
function groupsOf({ settings, maps }: Source): number[] {
  const { groups, uid, gid, join } = settings.namespaces
  if (groups !== undefined) return [...groups]
  if (uid !== undefined || gid !== undefined || join.some(joinsUser)) return []
  const own = process.getgroups?.() ?? []
  if (maps === undefined) return own
  if (maps.setgroups === 'deny') return []
  return own.map((group) => maps.gid.toContainer(group)).filter((group) => group !== undefined)
}
