// Three components on one host, isolated from each other by the operating system: one command starts them, Ctrl-C
// ends them, and one that crashes is started again. The log, one JSON object a line, names the component as its namespace.

import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { SetupError, spawn, tagLogs } from 'nskit'
import { makeCgroups, removeCgroups } from './cgroups.mjs'
import { COMPONENTS } from './components.mjs'
import { log } from './log.mjs'
import { unwire, wire } from './networks.mjs'
import { start } from './start.mjs'

const USAGE = `usage: node launch.mjs [--rounds N] [--prompt TEXT]

  --rounds N     end after N turns of the orchestrator; default: at Ctrl-C
  --prompt TEXT  what it asks the model

As root, and as an ordinary user who may make user namespaces. Needs nft (package nftables).`

const FIRST_PAUSE = 100
const LONGEST_PAUSE = 10_000
/** One that has run for so long has not crashed at its start: it begins with the shortest pause again. */
const STABLE = 30_000
/** What a component is given to end by itself. */
const GRACE = 3000

const { values } = parseArgs({
  options: {
    rounds: { type: 'string' },
    prompt: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})

const ending = new AbortController()
// Once: the second Ctrl-C ends the launcher at once, and with it, by dieWithParent, the rest.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => ending.abort())
// EPIPE: nobody reads the log any more.
process.stdout.on('error', () => ending.abort())

if (values.help) {
  console.log(USAGE)
} else {
  try {
    process.exitCode = await (process.getuid() === 0 ? launch() : launchInUserNamespace())
  } catch (error) {
    if (!SetupError.is(error)) throw error
    log('launcher', denial(error))
    process.exitCode = 1
  }
}

/** An ordinary user has no power over networks: as root of a user namespace it has. */
async function launchInUserNamespace() {
  const self = [fileURLToPath(import.meta.url), ...process.argv.slice(2)]
  const child = spawn(process.execPath, self, { unshare: ['user', 'net', 'mnt'], stdio: 'inherit' })
  // `exited` tells it.
  child.on('error', () => {})
  ending.signal.addEventListener('abort', () => child.kill('SIGTERM'))
  const { exitCode } = await child.exited
  return exitCode ?? 1
}

async function launch() {
  const networks = await wire()
  const cgroups = makeCgroups()
  log('launcher', { event: 'isolated', limits: cgroups === undefined ? 'rlimits' : 'rlimits and cgroups' })
  try {
    const ends = await Promise.allSettled(
      Object.keys(COMPONENTS).map((name) => supervise(name, networks.get(name), cgroups?.get(name))),
    )
    const failed = ends.find(({ status }) => status === 'rejected')
    if (failed !== undefined) throw failed.reason
    return 0
  } finally {
    unwire(networks)
    if (cgroups !== undefined) removeCgroups(cgroups)
  }
}

/** Until the end is asked for, it is started again whenever it ends, after a pause that doubles. */
async function supervise(name, network, cgroup) {
  let pause = FIRST_PAUSE
  try {
    while (!ending.signal.aborted) {
      const begin = Date.now()
      const end = await runOnce(name, network, cgroup)
      if (ending.signal.aborted) return
      // The orchestrator has had its rounds.
      if (name === 'orchestrator' && end.exitCode === 0) break
      if (Date.now() - begin > STABLE) pause = FIRST_PAUSE
      log(name, { event: 'crashed', ...end, restartIn: pause })
      await delay(pause, undefined, { signal: ending.signal }).catch(() => {})
      pause = Math.min(pause * 2, LONGEST_PAUSE)
    }
  } catch (error) {
    // A boundary that is denied now is denied again, and without it nothing runs.
    if (SetupError.is(error)) log(name, denial(error))
    throw error
  } finally {
    ending.abort()
  }
}

async function runOnce(name, network, cgroup) {
  const child = start(name, network, { cgroup, env: asked(name) })
  const logged = tagLogs(child, process.stdout).catch(unlessUnread)
  const stop = () => {
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), GRACE).unref()
  }
  ending.signal.addEventListener('abort', stop)
  try {
    await child.spawned
    log(name, { event: 'started', pid: child.pid })
    await Promise.all([logged, once(child, 'close')])
    return await child.exited
  } finally {
    ending.signal.removeEventListener('abort', stop)
  }
}

/** The end that EPIPE asks for is under way. */
function unlessUnread(error) {
  if (error.code !== 'EPIPE') throw error
}

function asked(name) {
  if (name !== 'orchestrator') return {}
  const { rounds, prompt } = values
  return { ...(rounds && { ROUNDS: rounds }), ...(prompt && { PROMPT: prompt }) }
}

function denial({ message, step, code, hint }) {
  return { event: 'denied', step, code, hint, message }
}
