// What the library says of this host, and what this host then does: attempt.cjs PACKAGE REQUEST
//
// REQUEST: { options, bwrap }, bwrap: whether to ask what that has to say as well.
const { probeProgram, probeSync, spawnSync } = require(process.argv[2])
const { options, bwrap } = JSON.parse(process.argv[3])

/** Under emulation a probe takes tenths of a second, and more where the machine has other work. */
const TIMEOUT = 60_000
/** After the mounts that a probe makes of 'mount': a new root, by other programs than the library's own. */
const NEW_ROOT = 'mount -t tmpfs new-root /tmp && mkdir /tmp/old && pivot_root /tmp /tmp/old'

/** The trial that Codex makes. */
const BWRAP = ['bwrap', '--unshare-user', '--unshare-net', '--ro-bind', '/', '/', '/bin/true']

function spawned({ namespaces = ['user'], use, ...maps }) {
  const has = (type) => namespaces.includes(type)
  const uses = (name, possible) => (use === undefined ? possible : use.includes(name))
  const command = uses('mount', has('mnt')) ? ['/bin/sh', ['-c', NEW_ROOT]] : ['/bin/true', []]
  const { status, signal, stderr, error } = spawnSync(...command, {
    ...maps,
    unshare: namespaces,
    timeout: TIMEOUT,
    cwd: '/',
    ...(uses('hostname', has('uts')) && { hostname: 'sandbox' }),
    ...(has('pid') && has('mnt') && { proc: uses('proc', true) }),
    ...(has('net') && { loopback: uses('loopback', true) }),
  })
  const failure = error && { step: error.step, code: error.code, message: error.message, hint: error.hint }
  return { ok: status === 0, status, signal, stderr: String(stderr), error: failure }
}

async function main() {
  const result = { spawn: spawned(options), probe: probeSync({ timeout: TIMEOUT, ...options }) }
  if (bwrap) result.bwrap = await probeProgram(BWRAP, { timeout: TIMEOUT })
  process.stdout.write(JSON.stringify(result))
}

main()
