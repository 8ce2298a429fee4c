/** process: the command, its ids, what it may do and use. */

import type { CapabilityChoice, SpawnOptions } from '../spawn/options.js'
import { type CapabilityName, capabilityBit } from '../status/capabilities.js'
import { readStatus } from '../status/index.js'
import { RLIMITS } from '../tables/rlimits.js'
import type { OciCall } from './from-spec.js'
import type { Place } from './place.js'

const KEYS = [
  'terminal',
  'consoleSize',
  'user',
  'args',
  'env',
  'cwd',
  'capabilities',
  'rlimits',
  'noNewPrivileges',
]
const MAX_ID = 0xffff_fffe
const SETS = ['bounding', 'effective', 'permitted', 'inheritable', 'ambient'] as const

export function processFrom(place: Place): OciCall {
  const process = place.required((each) => each) as Place
  process.allow(KEYS, () => 'nskit does not set it')
  if (process.at('terminal').boolean())
    process.at('terminal').refuse('nskit makes no terminal: stdio takes one')
  const args = process.at('args').required((each) => each.texts()) ?? []
  if (args.length === 0 && !process.at('args').isAbsent)
    process.at('args').refuse('must have the command at least')
  const [command = '', ...others] = args
  if (command === '' && args.length > 0) process.at('args').refuse('begins with an empty string')
  return {
    command,
    args: others,
    options: {
      env: environmentFrom(process.at('env')),
      ...cwdFrom(process.at('cwd')),
      ...userFrom(process.at('user')),
      capabilities: capabilitiesFrom(process.at('capabilities')),
      rlimits: limitsFrom(process.at('rlimits')),
      noNewPrivileges: process.at('noNewPrivileges').boolean() ?? false,
    },
  }
}

function environmentFrom(place: Place): NodeJS.ProcessEnv {
  // Without a prototype: __proto__ is a name like others.
  const env: NodeJS.ProcessEnv = Object.create(null)
  for (const entry of place.list()) {
    const text = entry.text() ?? '='
    const end = text.indexOf('=')
    if (end < 0) entry.refuse('must be NAME=value')
    else if (end > 0) env[text.slice(0, end)] = text.slice(end + 1)
  }
  return env
}

function cwdFrom(place: Place): { cwd?: string } {
  const cwd = place.required((each) => each.text())
  if (cwd === undefined) return {}
  if (!cwd.startsWith('/')) place.refuse('must be absolute')
  return { cwd }
}

function userFrom(user: Place): Pick<SpawnOptions, 'uid' | 'gid' | 'groups'> {
  user.allow(['uid', 'gid', 'umask', 'additionalGids'], () => 'nskit takes ids alone')
  const groups = user
    .at('additionalGids')
    .list()
    .flatMap((gid) => gid.integer(0, MAX_ID) ?? [])
  const umask = user.at('umask').integer(0, 0o777)
  const own = readStatus('self').umask
  if (umask !== undefined && umask !== own) {
    const [asked, its] = [umask, own ?? 0].map((mask) => `0${mask.toString(8)}`)
    user.at('umask').refuse(`the command has this process's, ${its}, not ${asked}`)
  }
  return {
    // Absent is 0, as Go reads it. Without groups the caller's are dropped where that is allowed.
    uid: user.at('uid').integer(0, MAX_ID) ?? 0,
    gid: user.at('gid').integer(0, MAX_ID) ?? 0,
    ...(groups.length === 0 ? {} : { groups }),
  }
}

/** None that are not listed, as runc and crun have it. */
function capabilitiesFrom(place: Place): CapabilityChoice {
  place.allow(SETS, () => 'is no set of capabilities')
  const [bounding, effective, permitted, inheritable, ambient] = SETS.map((set) =>
    namesFrom(place.at(set)),
  ) as [CapabilityName[], CapabilityName[], CapabilityName[], CapabilityName[], CapabilityName[]]
  const beyond = effective.filter((name) => !permitted.includes(name))
  if (beyond.length > 0) place.at('effective').refuse(`has ${beyond.join(', ')}, which permitted lacks`)
  return {
    bounding,
    effective,
    permitted,
    inheritable,
    // The kernel raises no other, which runtimes pass over: `runc spec` lists ambient ones without inheritable ones.
    ambient: ambient.filter((name) => permitted.includes(name) && inheritable.includes(name)),
  }
}

function namesFrom(set: Place): CapabilityName[] {
  return set.list().flatMap((place) => {
    const name = place.text()
    if (name === undefined) return []
    if (capabilityBit(name) !== undefined) return [name as CapabilityName]
    place.refuse(`'${name}' is no capability`)
    return []
  })
}

function limitsFrom(place: Place): NonNullable<SpawnOptions['rlimits']> {
  const limits: Record<string, { soft: number; hard: number }> = {}
  for (const limit of place.list()) {
    limit.allow(['type', 'soft', 'hard'], () => 'is not known to nskit')
    const type = limit.at('type').required((each) => each.text())
    if (type === undefined) continue
    if (!Object.hasOwn(RLIMITS, type)) limit.at('type').refuse(`'${type}' is no limit of setrlimit(2)`)
    else if (Object.hasOwn(limits, type)) limit.refuse(`${type} is there twice`)
    else limits[type] = bounds(limit)
  }
  return limits
}

function bounds(limit: Place): { soft: number; hard: number } {
  const [soft, hard] = [amount(limit.at('soft')), amount(limit.at('hard'))]
  if (soft !== undefined && hard !== undefined && soft > hard)
    limit.at('soft').refuse(`is more than the hard limit, ${hard}`)
  return { soft: soft ?? 0, hard: hard ?? 0 }
}

/** RLIM_INFINITY, as JSON.parse rounds it. */
const UNLIMITED = 2 ** 64

function amount(place: Place): number | undefined {
  if (place.value === UNLIMITED || place.value === 2n ** 64n - 1n) return Number.POSITIVE_INFINITY
  return place.required((each) => each.integer(0, Number.MAX_SAFE_INTEGER))
}
