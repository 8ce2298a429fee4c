/** What a command finds where it runs, told by a shell and read here. */

import { readlinkSync } from 'node:fs'
import { parseStatus } from '../../lib/index'
import { NAMESPACE_TYPES } from '../../lib/tables/namespaces'
import { setsOf } from '../privileges/inside'

const SCRIPT = `
for file in status uid_map gid_map limits mountinfo; do echo "== $file"; cat /proc/self/$file; done
echo '== ns'; for ns in ${NAMESPACE_TYPES.join(' ')}; do echo "$ns $(readlink /proc/self/ns/$ns)"; done
echo '== names'; uname -n; pwd; echo "$MARK"; cat /proc/sys/kernel/domainname
echo '== lo'; cat /proc/net/dev | tail -n +3 | cut -d: -f1; cat /proc/net/if_inet6 | cut -c1-32
echo '== extra'; ( EXTRA ) 2>&1; true
`

/** A command that says all that `readReport` reads; `extra`, a script, adds lines of its own. */
export function reporter(extra = 'true'): [command: string, args: string[]] {
  return ['/bin/sh', ['-c', SCRIPT.replace('EXTRA', () => extra)]]
}

export interface Report {
  ids: Record<string, unknown>
  capabilities: ReturnType<typeof setsOf>
  maps: string[][]
  limits: Record<string, string>
  /** Types of which it has others than this process. */
  own: string[]
  names: string[]
  links: string[]
  extra: string[]
  mounts: Record<string, string>
}

/** `places`: of what is mounted there, the topmost, its type and what is refused. */
export function readReport(text: string, places: readonly string[]): Report {
  const parts = Object.fromEntries(
    text
      .split(/^== /m)
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)]),
  ) as Record<string, string>
  const of = (name: string): string[] => (parts[name] ?? '').trimEnd().split('\n')
  const status = parseStatus(parts.status ?? '')
  const { uid, gid, noNewPrivs, seccomp, umask } = status
  return {
    ids: { uid, gid, noNewPrivs, seccomp, umask },
    capabilities: setsOf(status),
    maps: ['uid_map', 'gid_map'].map((name) => of(name).map((line) => line.trim().replaceAll(/\s+/g, ' '))),
    limits: Object.fromEntries(
      of('limits')
        .slice(1)
        .map((line) => [line.slice(0, 26).trim(), line.slice(26).trim().replaceAll(/\s+/g, ' ')]),
    ),
    own: of('ns').flatMap((line) => {
      const [type, link] = line.split(' ')
      return link === readlinkSync(`/proc/self/ns/${type}`) ? [] : [type as string]
    }),
    names: of('names'),
    links: of('lo'),
    extra: of('extra'),
    mounts: Object.fromEntries(places.map((place) => [place, mountAt(place, of('mountinfo'))])),
  }
}

const ATTRIBUTES = ['ro', 'nosuid', 'nodev', 'noexec']

function mountAt(place: string, lines: readonly string[]): string {
  const line = lines.findLast((each) => each.split(' ')[4] === place)
  if (line === undefined) return 'none'
  const [front = '', back = ''] = line.split(' - ')
  const attributes = (front.split(' ')[5] ?? '').split(',').filter((each) => ATTRIBUTES.includes(each))
  const [fstype, , options = ''] = back.split(' ')
  const limits = fstype === 'tmpfs' ? options.split(',').filter((each) => /^(?:size|mode)=/.test(each)) : []
  return [fstype, ...attributes, ...limits].join(' ')
}
