// Three components on one host, isolated from each other by the operating system: one command starts them, Ctrl-C
// ends them, and one that crashes is started again. The log, one JSON object a line, names the component.
//
//   node examples/components/launch.mjs

import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { applyFirewall, createNamespaces, createVethPair, IdMap, spawn } from 'nskit'
import { COMPONENTS, WIRES } from './components.mjs'

const FIRST_PAUSE = 100
const LONGEST_PAUSE = 10_000
/** One that has run for so long has not crashed at its start: it begins with the shortest pause again. */
const STABLE = 30_000

/** Host ids, when root starts them: each component has its own, and none is an id of the host's users. */
const FIRST_ID = 700_000
const IDS = 65_536

const ending = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => ending.abort())

if (process.getuid() === 0) await main()
else process.exitCode = await inUserNamespace()

/** An ordinary user has no power over networks: in a user namespace of its own it does. */
async function inUserNamespace() {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
    unshare: ['user', 'net', 'mnt'],
    stdio: 'inherit',
  })
  ending.signal.addEventListener('abort', () => child.kill('SIGTERM'))
  const { exitCode } = await child.exited
  return exitCode ?? 1
}

async function main() {
  const networks = await wire()
  try {
    await Promise.all(
      Object.keys(COMPONENTS).map((name, index) => supervise(name, index, networks.get(name))),
    )
  } finally {
    for (const network of networks.values()) network.close()
  }
}

/** A network namespace for each, with the pairs between them and a firewall around each. */
async function wire() {
  const networks = new Map()
  for (const name of Object.keys(COMPONENTS)) {
    const { namespaces } = await createNamespaces(['net'])
    networks.set(name, namespaces.get('net'))
  }
  for (const { from, to, link, address } of WIRES) {
    await createVethPair(
      { namespace: networks.get(from), name: link, address: `${address.caller}/30` },
      { namespace: networks.get(to), name: 'eth0', address: `${address.host}/30` },
    )
  }
  for (const [name, { firewall }] of Object.entries(COMPONENTS))
    await applyFirewall(networks.get(name), firewall)
  return networks
}

/** Until the end is asked for, it is started again whenever it ends, after a pause that doubles. */
async function supervise(name, index, network) {
  let pause = FIRST_PAUSE
  while (!ending.signal.aborted) {
    const begin = Date.now()
    const how = await runOnce(name, index, network).catch((error) => ({
      error: error.message,
      hint: error.hint,
    }))
    if (ending.signal.aborted) return
    if (Date.now() - begin > STABLE) pause = FIRST_PAUSE
    log(name, { event: 'crashed', ...how, restartIn: pause })
    await delay(pause, undefined, { signal: ending.signal }).catch(() => {})
    pause = Math.min(pause * 2, LONGEST_PAUSE)
  }
}

async function runOnce(name, index, network) {
  const { env, isolation } = COMPONENTS[name]
  const child = spawn(process.execPath, [`/app/${name}.mjs`], {
    ...isolation,
    ...ids(index),
    name,
    hostname: name,
    join: [network],
    env: { PATH: '/usr/bin:/bin', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stop = () => child.kill('SIGTERM')
  ending.signal.addEventListener('abort', stop)
  try {
    await child.spawned
    log(name, { event: 'started', pid: child.pid })
    await Promise.all([
      tag(name, 'stdout', child.stdout),
      tag(name, 'stderr', child.stderr),
      once(child, 'close'),
    ])
    const { exitCode, signalCode } = await child.exited
    return { exitCode, signalCode }
  } finally {
    ending.signal.removeEventListener('abort', stop)
  }
}

/** In a user namespace of the launcher's there is one id to give, and all components have it: nothing else joins them. */
function ids(index) {
  if (inOwnUserNamespace()) return {}
  const map = [{ containerID: 0, hostID: FIRST_ID + index * IDS, size: IDS }]
  return { uidMap: map, gidMap: map, uid: 1000, gid: 1000 }
}

function inOwnUserNamespace() {
  return !IdMap.read('self', 'uid').equals(IdMap.identity)
}

/** Every line of a component becomes an object with its name; JSON keeps its fields. */
async function tag(name, stream, input) {
  for await (const line of createInterface({ input })) log(name, { stream, ...fieldsOf(line) })
}

function fieldsOf(line) {
  try {
    const value = JSON.parse(line)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // Not of ours: a stack, a message of node's.
  }
  return { message: line }
}

function log(component, fields) {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...fields, component })}\n`)
}
