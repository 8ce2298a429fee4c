// Plays the host: starts the three components, and attack.py beside them in the place of one, first in all of its
// boundaries, then without those that the table names. JSON comes in, { folder, rows, leak }, and goes out.
//
// It runs in a network and a mount namespace of its own, with a tmpfs at `folder`, and `leak` open.
import { spawn as spawnPlain } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { chmodSync, chownSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { createVethPair } from 'nskit'
import { COMPONENTS, WIRES } from '../../examples/components/components.mjs'
import { unwire, wire } from '../../examples/components/networks.mjs'
import { idsOf, start } from '../../examples/components/start.mjs'
import { switchOff, withFirewalls } from './boundaries.mjs'

const { folder, rows, leak } = JSON.parse(readFileSync(0, 'utf8'))
const PYTHON = '/usr/bin/python3'
const ATTACK = readFileSync(fileURLToPath(new URL('attack.py', import.meta.url)), 'utf8')
const KEY = 'nskit-of-the-host'
/** As long as can be: some versions of node fill an abstract name up with NUL bytes, which count. */
const ABSTRACT = 'nskit-of-the-host'.padEnd(107, '-')
const HOST_ADDRESS = '10.78.0.1'
const PORT = 7009
/** More than the limit of a component, and few enough for the host. */
const FORKS = 300

/** Those that a node has: its standard three, and what it opens itself. */
const LIST_DESCRIPTORS = `
  const fs = require('node:fs')
  const targets = fs.readdirSync('/proc/self/fd').flatMap((fd) => {
    try { return [fd + ' ' + fs.readlinkSync('/proc/self/fd/' + fd).replace(/[0-9]+/g, 'N')] } catch { return [] }
  })
  console.log(JSON.stringify(targets))
`

const inventory = () => ({
  descriptors: readdirSync('/proc/self/fd').length,
  // Whose mount point somebody else removes is unmounted everywhere (rmdir(2)): only what came since counts.
  mounts: mountIds().filter((id) => !MOUNTS.has(id)).length,
  children: readdirSync('/proc/self/task').flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  ).length,
  links: readFileSync('/proc/self/net/dev', 'utf8').split('\n').length,
})

await makeHost()
const MOUNTS = new Set(mountIds())
const before = inventory()
const networks = await wire()
const components = Object.fromEntries(Object.keys(COMPONENTS).map((name) => [name, startReal(name)]))
const turns = turnsOf(components.orchestrator)
await Promise.all(Object.values(components).map((child) => child.spawned))
await turn()

const host = {
  networks,
  leak,
  pids: Object.fromEntries(Object.entries(components).map(([name, child]) => [name, child.pid])),
}
const given = {
  ...host.pids,
  leak,
  key: KEY,
  forks: FORKS,
  hostFile: `${folder}/file`,
  homeFile: `${folder}/home/.ssh/id`,
  hostAddress: [HOST_ADDRESS, PORT],
  hostAbstract: ABSTRACT,
  orchestratorAddress: [WIRES[0].address.caller, PORT],
  executorAddress: [WIRES[0].address.host, WIRES[0].address.port],
  backendAddress: [WIRES[1].address.host, WIRES[1].address.port],
}

const listener = createServer((socket) => socket.destroy())
networks.get('orchestrator').run(() => listener.listen(PORT))

const results = []
/** Devices that attacks have filled. */
const filled = new Set()
for (const run of runsOf(rows)) {
  const found = await withFirewalls(run.off, networks, () => attack(run))
  results.push(...found.map((result) => ({ by: run.by, off: run.off, ...result })))
}
const descriptors = {
  inside: await descriptorsOf(
    start('executor', networks.get('executor'), { program: [process.execPath, '-e', LIST_DESCRIPTORS] }),
  ),
  plain: await descriptorsOf(
    spawnPlain(process.execPath, ['-e', LIST_DESCRIPTORS], { stdio: ['ignore', 'pipe', 'pipe'] }),
  ),
}
listener.close()
await turn()
await Promise.all(Object.values(components).map((child) => child[Symbol.asyncDispose]()))
unwire(networks)
console.log(
  JSON.stringify({
    results,
    descriptors,
    filled: [...filled],
    devices: devices(),
    before,
    after: await settled(before),
  }),
)
process.exit()

function mountIds() {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').trimEnd().split('\n')
  return lines.map((line) => line.split(' ')[0])
}

/** The inventory as soon as it is as before, else as it is after 20 s: what has been closed goes a little later. */
async function settled(before) {
  for (let i = 0; i < 2000 && !isDeepStrictEqual(inventory(), before); i++) await delay(10)
  return inventory()
}

/** Every device that is mounted here. */
function devices() {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').trimEnd().split('\n')
  return lines.map((line) => line.split(' ')[2])
}

/** What an attacker of the host would like to have. */
async function makeHost() {
  const model = COMPONENTS.backend.isolation.mounts.find(({ destination }) => destination === '/model')
  cpSync(model.source, `${folder}/model`, { recursive: true })
  cpSync('/usr/bin/sleep', `${folder}/model/program`)
  model.source = `${folder}/model`
  // It may write there: what refuses it is the mount.
  const { uidMap, uid = 0 } = idsOf('backend')
  const owner = uidMap === undefined ? 0 : uidMap[0].hostID + uid
  for (const path of ['', '/model.json', '/program']) chownSync(`${folder}/model${path}`, owner, owner)
  writeFileSync(`${folder}/file`, 'of the host')
  mkdirSync(`${folder}/home/.ssh`, { recursive: true })
  writeFileSync(`${folder}/home/.ssh/id`, 'of the host')
  for (const path of ['/file', '/home/.ssh/id']) chmodSync(folder + path, 0o644)
  await createVethPair({ name: 'host0', address: `${HOST_ADDRESS}/30` }, { name: 'host1' })
  for (const where of [{ port: PORT }, { path: `\0${ABSTRACT}` }]) {
    await once(createServer((socket) => socket.destroy()).listen(where), 'listening')
  }
  const addKey =
    'import sys, ctypes; name = sys.argv[1].encode(); sys.exit(0 if ' +
    'ctypes.CDLL(None).syscall(int(sys.argv[2]), b"user", name, name, len(name), -3) > 0 else 1)'
  const [status] = await once(
    spawnPlain(PYTHON, ['-c', addKey, KEY, process.arch === 'arm64' ? '217' : '248'], { stdio: 'inherit' }),
    'exit',
  )
  if (status !== 0) throw new Error('the host has no key')
}

function startReal(name) {
  const stdio = ['ignore', name === 'orchestrator' ? 'pipe' : 'ignore', 'inherit']
  return start(name, networks.get(name), {
    env: { PAUSE: '20' },
    change: (options) => ({ ...options, stdio }),
  })
}

/** 'turn' for each that succeeds. */
function turnsOf({ stdout }) {
  const turns = new EventEmitter()
  createInterface({ input: stdout }).on('line', (line) => {
    const { event, status } = JSON.parse(line)
    if (event === 'turn' && status === 0) turns.emit('turn', status)
  })
  return turns
}

/** One that has begun after this call, as the second next surely has: all three components are alive. */
async function turn() {
  for (let i = 0; i < 2; i++) await once(turns, 'turn', { signal: AbortSignal.timeout(20_000) })
}

/** The attacks that one start can make: those of one component without the same boundaries. */
function runsOf(rows) {
  const runs = new Map()
  for (const { attack, by, off } of rows) {
    const key = JSON.stringify([by, off])
    if (!runs.has(key)) runs.set(key, { by, off, attacks: [] })
    runs.get(key).attacks.push(attack)
  }
  return runs.values()
}

/** What became of each. While one holds what it could take, the other components go on, or this rejects. */
async function attack({ by, off, attacks }) {
  const found = []
  const child = start(by, networks.get(by), {
    program: [PYTHON, '-c', ATTACK, JSON.stringify({ ...given, attacks })],
    change: (options) => ({ ...switchOff(off, host)(options), stdio: ['pipe', 'pipe', 'inherit'] }),
  })
  const denied = await child.spawned.then(
    () => undefined,
    (error) => error,
  )
  if (denied !== undefined) return attacks.map((attack) => ({ attack, result: denied.message }))
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line)
    if (said.device !== undefined) filled.add(said.device)
    else if (said.holding === undefined) found.push(said)
    else {
      await turn()
      child.stdin.write('\n')
    }
  }
  await child.exited
  return found
}

async function descriptorsOf(child) {
  let text = ''
  for await (const part of child.stdout.setEncoding('utf8')) text += part
  return JSON.parse(text)
}
