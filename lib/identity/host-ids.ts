/** Ids of the host's own users and groups: that a container maps one is no proof that a process is the container's. */

import { readFileSync, statSync } from 'node:fs'
import type { IdKind } from '../ids/index.js'

/** Those of root, of this process, and of all whom /etc/passwd or /etc/group (passwd(5), group(5)) names. */
export function hostIds(kind: IdKind): Set<number> {
  const named = kind === 'uid' ? passwd() : group()
  return new Set([0, ...ownIds(kind), ...named])
}

function ownIds(kind: IdKind): number[] {
  if (kind === 'uid') return [process.getuid?.() ?? 0, process.geteuid?.() ?? 0]
  return [process.getgid?.() ?? 0, process.getegid?.() ?? 0, ...(process.getgroups?.() ?? [])]
}

const passwd = idsOf('/etc/passwd')
const group = idsOf('/etc/group')

/** Read again only where the file is another one: a registry may be told of thousands of containers. */
function idsOf(path: string): () => readonly number[] {
  let state = ''
  let ids: readonly number[] = []
  return () => {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
    const now = stats === undefined ? '' : `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}`
    if (now !== state) {
      ids = now === '' ? [] : thirdFields(readFileSync(path, 'latin1'))
      state = now
    }
    return ids
  }
}

/** Of lines that are none, such as NIS's `+`, nothing. */
function thirdFields(text: string): number[] {
  return Array.from(text.matchAll(/^[^:\n]*:[^:\n]*:([0-9]{1,10})(?=:)/gm), ([, id]) => Number(id))
}
