/** The options of `nskit run`, which every command that starts another one takes. */

import type { IdMapInput, SpawnOptions } from '../../spawn/options.js'
import { mapOf, typesOf } from '../arguments.js'

export const START_OPTIONS = {
  unshare: { type: 'string', short: 'u', multiple: true },
  'uid-map': { type: 'string', multiple: true },
  'gid-map': { type: 'string', multiple: true },
  hostname: { type: 'string' },
  'no-init': { type: 'boolean' },
} as const

interface StartValues {
  unshare?: string[] | undefined
  'uid-map'?: string[] | undefined
  'gid-map'?: string[] | undefined
  hostname?: string | undefined
  'no-init'?: boolean | undefined
}

/** For --help. */
export const START_HELP = `\
  -u, --unshare TYPES  new namespaces: user, mnt, uts, ipc, cgroup, net, pid, time; several with commas
      --uid-map MAP    root: you are 0 (default); self: you keep your id; subids: you are 0, with your subordinate ids;
                       or INSIDE:HOST:SIZE, several with commas. Needs --unshare user
      --gid-map MAP    as --uid-map
      --hostname NAME  needs --unshare uts
      --no-init        with --unshare pid: the command itself is PID 1
`

export function startOptions(values: StartValues): SpawnOptions {
  return {
    unshare: typesOf('--unshare', values.unshare ?? []),
    uidMap: mapInput('--uid-map', values['uid-map']),
    gidMap: mapInput('--gid-map', values['gid-map']),
    hostname: values.hostname,
    init: values['no-init'] ? false : undefined,
  }
}

function mapInput(name: string, values: readonly string[] | undefined): IdMapInput | undefined {
  const [word] = values ?? []
  if (values === undefined || word === 'root' || word === 'self' || word === 'subids')
    return word as IdMapInput
  return mapOf(name, values)
}
