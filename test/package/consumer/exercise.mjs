// What a user's program might do first, with each part of the package. Prints what it has used.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

const EXIT_CODE = 3
const UNSHARE = ['user', 'pid', 'mnt', 'uts']

/** `nskit` and `raw` as the caller has imported them. */
export async function exercise(nskit, raw) {
  assert.equal(new nskit.IdMap([{ containerID: 0, hostID: 1000, size: 1 }]).toHost(0), 1000)
  assert.equal(nskit.readStatus('self').pid, process.pid)
  assert.ok(nskit.listNamespaces({ types: ['user'] }).length > 0)
  assert.throws(() => raw.unshare(raw.CLONE_NEWUSER), { code: 'EINVAL' })
  await parts(nskit)
  // An emulator of one program, qemu-user, refuses clone(2) with CLONE_PIDFD: it starts nothing.
  if (process.env.EMULATED) return used()
  startsAndWaits(nskit)
  // Bun has Node-API, but not libuv's uv_poll, by which a child is watched: it ends itself there.
  if (!process.versions.bun) await startsAndWatches(nskit)
  return used()
}

function used() {
  return { node: process.version, arch: process.arch, addon: loadedAddon() }
}

/** Those that are loaded when first used. */
async function parts(nskit) {
  const { program } = nskit.compileSeccomp(nskit.denySyscalls(['ptrace']), process.arch)
  assert.ok(program.length > 0)
  assert.equal(typeof nskit.createLogTagger({ namespace: 'web' }).write, 'function')
  await assert.rejects(nskit.applyFirewall('none', {}), TypeError)
  assert.throws(() => nskit.probeSync({ namespaces: ['mount'] }), TypeError)
  // What a person sees who prints a value, and what a stack says.
  for (const [name, value] of Object.entries(nskit))
    if (typeof value === 'function') assert.equal(value.name, name)
}

function startsAndWaits(nskit) {
  const answer = nskit.probeSync({ namespaces: UNSHARE })
  assert.ok(answer.ok, answer.ok ? '' : nskit.formatDenial(answer))
  const { status, stdout } = nskit.spawnSync('/bin/echo', ['sync'], { unshare: UNSHARE, encoding: 'utf8' })
  assert.deepEqual({ status, stdout }, { status: 0, stdout: 'sync\n' })
}

async function startsAndWatches(nskit) {
  const script = `read inside outside size < /proc/self/uid_map && echo $inside $size && exit ${EXIT_CODE}`
  const child = nskit.spawn('/bin/sh', ['-c', script], {
    unshare: UNSHARE,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  child.stdout.on('data', (chunk) => {
    printed += chunk
  })
  const [exitCode] = await once(child, 'close')
  assert.equal(exitCode, EXIT_CODE)
  assert.equal(printed, '0 1\n')

  await assert.rejects(nskit.execFile('/no/such/program', [], { unshare: UNSHARE }), { code: 'ENOENT' })
}

function loadedAddon() {
  const lines = readFileSync('/proc/self/maps', 'utf8').split('\n')
  return lines.find((line) => line.endsWith('.node'))?.replace(/^.*? \//, '/')
}
