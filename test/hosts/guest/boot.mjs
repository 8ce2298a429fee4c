// One run of a guest: started, bounded, cleared away.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { jobArchive } from './job.mjs'
import { kernel } from './kernels.mjs'
import { machine } from './machine.mjs'
import { listenTo } from './ports.mjs'
import { Processes } from './processes.mjs'
import { qemu, tool } from './tools.mjs'

const SHARE_PATIENCE_MS = 20_000

/**
 * Runs a job (see job.mjs). Resolves to its exit status, or to 'timeout', 'aborted', 'died' where there is
 * none. `console`: the last lines of the kernel and of what runs it.
 */
export async function runGuest(job, { onStdout, onStderr, timeout = 300_000, memory = 2048, signal } = {}) {
  const { image, initrd, modules } = kernel(job.kernel)
  const folder = mkdtempSync(join(tmpdir(), 'nskit-guest-'))
  const processes = new Processes(join(folder, 'processes.log'))
  try {
    const root = await shareRoot(folder, processes)
    const firstRoot = join(folder, 'initrd')
    writeFileSync(firstRoot, Buffer.concat([readFileSync(initrd), jobArchive(job, modules)]))
    const status = []
    const ports = await listenTo(folder, {
      out: onStdout,
      err: onStderr,
      status: (part) => status.push(part),
    })
    const log = join(folder, 'console.log')
    const { command, env } = qemu(...machine({ image, firstRoot, root, log, memory }), ...ports.arguments)
    const ended = processes.start(command, env).then(() => 'ended')
    const why = await Promise.race([ended, limit(timeout, signal)])
    await processes.endAll()
    await ports.finish()
    const said = Buffer.concat(status).toString().trim()
    return {
      status: why === 'ended' ? (said === '' ? 'died' : Number(said)) : why,
      console: tail(`${processes.said()}${existsSync(log) ? readFileSync(log, 'latin1') : ''}`),
    }
  } finally {
    await processes.endAll()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** This machine's files, all its mounts included, read-only. */
async function shareRoot(folder, processes) {
  const socket = join(folder, 'root.sock')
  const options = [
    '--shared-dir=/',
    '--sandbox=none',
    '--readonly',
    '--xattr',
    '--cache=always',
    '--no-announce-submounts',
  ]
  // 0: the limit on descriptors stays; raising it needs CAP_SYS_RESOURCE.
  let over = false
  processes
    .start(tool('usr/libexec/virtiofsd', `--socket-path=${socket}`, ...options, '--rlimit-nofile=0'))
    .then(() => {
      over = true
    })
  const deadline = Date.now() + SHARE_PATIENCE_MS
  while (!existsSync(socket)) {
    if (over || Date.now() > deadline) throw new Error(`virtiofsd did not start:\n${processes.said()}`)
    await delay(10)
  }
  return socket
}

function limit(timeout, signal) {
  return delay(timeout, 'timeout', { ref: false, ...(signal && { signal }) }).catch(() => 'aborted')
}

function tail(text) {
  return text.split('\n').slice(-40).join('\n')
}
