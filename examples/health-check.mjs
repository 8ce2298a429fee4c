// A health check that broke when its service moved into a user namespace: it looks from the host at a file that the
// service keeps, and expects the service's uid as its owner. On the host that is another number now.
//
//   node examples/health-check.mjs

import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IdMap, ownerInside, spawn } from 'nskit'

/** The service's uid and gid, as its image has them. */
const SERVICE = 1000

/** As it was. It holds where no user namespace is between the service and the host. */
function broken(path) {
  const { uid } = statSync(path)
  return { uid, healthy: uid === SERVICE }
}

/** Repaired: the owner as the service itself sees it. One that has no number inside is undefined, and never healthy. */
function repaired(path, service) {
  const { uid } = ownerInside(statSync(path), service)
  return { uid, healthy: uid === SERVICE }
}

/** Keeps a file, says that it is there, and goes on until its standard input ends. */
const PROGRAM = ': > "$1" && echo ready && read -r _'

/** Root gives it a range, in which 1000 is 101000; anybody else has no id to give but its own. */
function maps() {
  const isRoot = process.getuid() === 0 && IdMap.read('self', 'uid').toHost(165535) !== undefined
  if (isRoot) {
    const range = [{ containerID: 0, hostID: 100000, size: 65536 }]
    return { uidMap: range, gidMap: range }
  }
  return {
    uidMap: [{ containerID: SERVICE, hostID: process.getuid(), size: 1 }],
    gidMap: [{ containerID: SERVICE, hostID: process.getgid(), size: 1 }],
  }
}

const folder = mkdtempSync(join(tmpdir(), 'nskit-health-'))
// Every id may make its file here.
chmodSync(folder, 0o1777)
const file = join(folder, 'heartbeat')
const service = spawn('/bin/sh', ['-c', PROGRAM, 'sh', file], {
  ...maps(),
  unshare: ['user'],
  uid: SERVICE,
  gid: SERVICE,
  stdio: ['pipe', 'pipe', 'inherit'],
})
try {
  await Promise.race([once(service.stdout, 'data'), service.exited])
  console.log(said('as it was', file, broken(file)))
  console.log(said('repaired', file, repaired(file, service)))
  // Not the service's: somebody put it there.
  console.log(said('repaired', '/etc/passwd', repaired('/etc/passwd', service)))
} finally {
  await service[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
}

function said(check, path, { uid, healthy }) {
  return `${check}: ${path} is of uid ${uid ?? '(none inside)'}, expected ${SERVICE}: ${healthy ? 'healthy' : 'unhealthy'}`
}
