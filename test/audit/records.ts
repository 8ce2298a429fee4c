/** Records as the kernel writes them, and containers that have their ids. */

import { parseAuditRecord } from '../../lib/audit/index.js'
import { entry, registryOf } from '../identity/entries.js'

export const containers = registryOf(
  entry('web', '0:100000:1000', { auditSession: 7 }),
  entry('db', '0:100000:1000', { auditSession: 8 }),
  entry('mail', '0:300000:1000'),
)

export function line(type: string, serial: number, body: string, node?: string): string {
  return `${node === undefined ? '' : `node=${node} `}type=${type} msg=audit(1000.500:${serial}): ${body}`
}

export function syscall(serial: number, uid: number, session = 4_294_967_295): string {
  const ids = ['uid', 'gid', 'euid', 'suid', 'fsuid', 'egid', 'sgid', 'fsgid'].map((name) => `${name}=${uid}`)
  return line(
    'SYSCALL',
    serial,
    `a0=${uid} a1=5 pid=9 auid=4294967295 ${ids.join(' ')} ses=${session} comm="x"`,
  )
}

/** Of a record with this body. */
export function fieldsOf(body: string, type = 'SYSCALL'): Record<string, string> {
  return { ...parseAuditRecord(`type=${type} msg=audit(1.000:1): ${body}`).fields }
}
