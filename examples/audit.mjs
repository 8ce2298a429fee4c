// Whose audit record is it? Two sandboxes have the same host ids, so their records look alike; the audit session
// that each was given tells them apart.
//
//   node examples/audit.mjs [LOG]    as root, while auditd runs; LOG is /var/log/audit/audit.log by default

import { createReadStream, statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { ContainerRegistry, createAuditTagger, spawn } from 'nskit'

const LOG = process.argv[2] ?? '/var/log/audit/audit.log'
const NAMES = ['web', 'db']
/** auditd writes when it likes. */
const PATIENCE_MS = 10_000

const ids = [{ containerID: 0, hostID: 820_000, size: 1000 }]
const registry = new ContainerRegistry()
const start = statSync(LOG).size

for (const name of NAMES) {
  const child = spawn('true', {
    name,
    unshare: ['user', 'pid'],
    uidMap: ids,
    gidMap: ids,
    auditSession: true,
  })
  registry.track(child)
  await child.exited
  if (child.auditSession === undefined) throw new Error('this kernel gave no audit session')
  console.log(`${name}: uid 0 inside is ${child.uidMap.toHost(0)} on the host, session ${child.auditSession}`)
}

/** The kernel itself records that a session has begun (LOGIN), whatever the rules. */
async function read() {
  const found = new Map()
  const tagged = createReadStream(LOG, { start }).pipe(createAuditTagger(registry))
  for await (const line of createInterface({ input: tagged })) {
    const { type, namespace, via } = JSON.parse(line)
    if (namespace !== undefined && !found.has(namespace))
      found.set(namespace, `${type} record: ${namespace}, by its ${via}`)
  }
  return found
}

const deadline = Date.now() + PATIENCE_MS
let found = await read()
while (found.size < NAMES.length && Date.now() < deadline) {
  await delay(100)
  found = await read()
}
for (const name of NAMES) console.log(found.get(name) ?? `no record of ${name} in ${LOG}: does auditd run?`)
process.exitCode = found.size === NAMES.length ? 0 : 1
