// The ways to start /bin/true that the suites compare.
import * as childProcess from 'node:child_process'
import { once } from 'node:events'
import { spawn } from 'nskit'

const COMMAND = '/bin/true'
const UNSHARE = ['-Urpfmiu', '--mount-proc', COMMAND]
const BWRAP = ['--unshare-all', '--share-net', '--dev-bind', '/', '/', '--proc', '/proc', COMMAND]

/** /proc is mounted, as it is by default with pid and mnt. */
const SIX = ['user', 'pid', 'mnt', 'ipc', 'uts', 'cgroup']
const stdio = 'ignore'

export const startNskit = () => spawn(COMMAND, [], { unshare: SIX, init: false, stdio })
export const startNskitWithInit = () => spawn(COMMAND, [], { unshare: SIX, init: true, stdio })
export const startNskitWithNet = () => spawn(COMMAND, [], { unshare: [...SIX, 'net'], init: false, stdio })
export const startPlain = () => childProcess.spawn(COMMAND, [], { stdio })
export const startUnshare = () => childProcess.spawn('unshare', UNSHARE, { stdio })
export const startBwrap = () => childProcess.spawn('bwrap', BWRAP, { stdio })

/** Milliseconds from the call to the exit. */
export async function untilExit(start) {
  const begin = performance.now()
  await exited(start())
  return performance.now() - begin
}

/** Milliseconds that the call itself takes, in which the event loop stands still. */
export async function blocking(start) {
  const begin = performance.now()
  const child = start()
  const time = performance.now() - begin
  await exited(child)
  return time
}

/** Rejects unless the command did what it was started for: a failure is no fast start. */
export async function exited(child) {
  const [code, signal] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')} ended with ${signal ?? code}`)
}
