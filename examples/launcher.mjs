// A launcher for a program that is not trusted: a test run, an agent's tool. It reads one directory, writes another,
// has no network, no privileges and a limited life, and each line of its output says whose it is.
//
//   node examples/launcher.mjs SOURCE RESULTS COMMAND [ARGUMENT...]
//
// docs/launcher.md goes through it step by step.

import { chownSync } from 'node:fs'
import { constants } from 'node:os'
import { pathToFileURL } from 'node:url'
import { formatDenial, probe, SetupError, sandboxSeccomp, spawn, tagLogs } from 'nskit'

const NAMESPACES = ['user', 'pid', 'mnt', 'net', 'ipc', 'uts', 'cgroup']
const MIB = 1 << 20
/** What env(1), timeout(1) and docker exit with when it is not the command that failed. */
const NOT_STARTED = 125
const NOT_EXECUTABLE = 126
const NOT_FOUND = 127
const SIGNAL_BASE = 128

/** All options of spawn(). The directory of results becomes the program's. */
export function isolation({ source, results }) {
  return {
    unshare: NAMESPACES,
    hostname: 'sandbox',
    ...identity(results),
    root: 'empty',
    rootReadonly: true,
    mounts: [
      { type: 'bind', source: '/usr', destination: '/usr', readonly: true },
      { type: 'symlink', target: 'usr/bin', destination: '/bin' },
      { type: 'symlink', target: 'usr/lib', destination: '/lib' },
      { type: 'symlink', target: 'usr/lib64', destination: '/lib64' },
      { type: 'file', destination: '/etc/passwd', content: 'root:x:0:0::/work:/bin/sh\n' },
      { type: 'dev', destination: '/dev' },
      { type: 'tmpfs', destination: '/tmp', size: 64 * MIB },
      { type: 'bind', source, destination: '/src', readonly: true, nosuid: true, nodev: true },
      { type: 'bind', source: results, destination: '/work', nosuid: true, nodev: true },
    ],
    cwd: '/src',
    env: { PATH: '/usr/bin', HOME: '/work', LANG: 'C.UTF-8' },
    capabilities: 'none',
    seccomp: sandboxSeccomp(),
    sessionKeyring: 'new',
    rlimits: { core: 0, data: 1024 * MIB, fsize: 256 * MIB, nofile: 1024, nproc: 256 },
    detached: true,
    dieWithParent: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  }
}

/** Root has ids to give that nobody else has, to each that runs at a time its own; others have but one, the default. */
function identity(results) {
  if (process.geteuid() !== 0) return {}
  const ids = [{ containerID: 0, hostID: 50000, size: 1 }]
  chownSync(results, 50000, 50000)
  return { uidMap: ids, gidMap: ids }
}

/** Runs it to its end, its output to `destination`; returns what a launcher exits with. */
export async function run(command, args, options, destination) {
  const child = spawn(command, args, options)
  const forward = (signal) => child.kill(signal)
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, forward)
  try {
    const [{ exitCode, signalCode }] = await Promise.all([child.exited, tagLogs(child, destination)])
    return signalCode ? SIGNAL_BASE + constants.signals[signalCode] : exitCode
  } catch (error) {
    if (!SetupError.is(error)) throw error
    console.error([error.message, error.hint].filter(Boolean).join('. '))
    if (error.step !== 'exec') return NOT_STARTED
    return error.code === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, forward)
    await child[Symbol.asyncDispose]()
  }
}

async function main([source, results, command, ...args]) {
  if (command === undefined) {
    console.error('usage: node examples/launcher.mjs SOURCE RESULTS COMMAND [ARGUMENT...]')
    return NOT_STARTED
  }
  const answer = await probe({ namespaces: NAMESPACES })
  if (!answer.ok) {
    console.error(formatDenial(answer, { program: 'launcher' }))
    return NOT_STARTED
  }
  return run(command, args, { ...isolation({ source, results }), name: 'tool' }, process.stdout)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  process.exitCode = await main(process.argv.slice(2))
