// jest as root of a user namespace: ids 0…65535, own pid and mount namespaces, as in a rootless container.
import { spawnSync } from 'node:child_process'
import { readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { TREE } from './run.mjs'
import { inPrivateMounts, publish } from './tree.mjs'

const FIRST_HOST_ID = 100_000
const SIZE = 65_536
const PATIENCE_MS = 20_000

export function startInUserNamespace(run, place, args) {
  const root = process.geteuid() === 0
  const view = root ? publish(run) : { tree: TREE, node: process.execPath }
  const [command, ...rest] = root
    ? inPrivateMounts(view, inside(view, place, args))
    : inside(view, place, args)
  return run.exec(command, rest, {
    env: { ...place.env, HOME: place.home },
    stdio: ['pipe', 'inherit', 'inherit'],
    prepare: writeMaps,
    kill: killInit,
  })
}

/**
 * The command that makes the namespaces, waits until its maps are written from outside, and becomes
 * their root. --keep-caps: an exec under unmapped ids loses the capabilities that setpriv needs.
 */
function inside(view, place, args) {
  const namespaces = ['--user', '--keep-caps', '--mount', '--pid', '--fork', '--kill-child']
  const ids = ['--reuid', '0', '--regid', '0', '--clear-groups', '--inh-caps=-all', '--ambient-caps=-all']
  const wait = ['sh', '-c', 'read -r mapped && cd "$1" && shift && exec "$@"', 'sh', view.tree]
  const session = ['sh', '-c', SESSION, 'sh', place.tmp, place.cache, place.home, view.node, ...args]
  return ['unshare', ...namespaces, ...wait, 'setpriv', ...ids, ...session]
}

/** The tmpfs belong to the new root and go with the namespace. The shell stays, as the init that reaps. */
const SESSION = `
mount -t proc proc /proc || exit
tmp=$1
for folder in "$1" "$2" "$3"; do mount -t tmpfs -o mode=1777 tmpfs "$folder" || exit; done
shift 3
"$@" </dev/null
status=$?
left=$(ls -A "$tmp")
[ -z "$left" ] || { echo "left behind in $tmp: $left" >&2; status=9; }
exit $status
`

async function writeMaps(child) {
  const own = readlinkSync('/proc/self/ns/user')
  const deadline = Date.now() + PATIENCE_MS
  while (readlinkSync(`/proc/${child.pid}/ns/user`) === own) {
    if (Date.now() > deadline) throw new Error('the user namespace was not made')
    await delay(10)
  }
  if (process.geteuid() === 0) {
    for (const file of ['uid_map', 'gid_map'])
      writeFileSync(`/proc/${child.pid}/${file}`, `0 ${FIRST_HOST_ID} ${SIZE}`)
  } else {
    mapOwnRange(child.pid, 'newuidmap', '/etc/subuid')
    mapOwnRange(child.pid, 'newgidmap', '/etc/subgid')
  }
  child.stdin.end('mapped\n')
}

/** As rootless containers do: 0 is the user, whose files stay readable, and the rest is the granted range. */
function mapOwnRange(pid, mapper, file) {
  const { username, uid, gid } = userInfo()
  const rows = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const [, start, size] = rows.find(([owner]) => owner === username || owner === String(uid))
  const self = mapper === 'newuidmap' ? uid : gid
  const extents = ['0', String(self), '1', '1', start, size]
  const { status, stderr, error } = spawnSync(mapper, [String(pid), ...extents], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${mapper}: ${error?.message ?? stderr}`)
}

/** unshare itself ignores SIGTERM while it waits; with its child, the namespace's init, everything in it ends. */
function killInit(child) {
  const inits = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
    .split(' ')
    .filter(Boolean)
  if (inits.length === 0) child.kill('SIGKILL')
  for (const pid of inits) process.kill(Number(pid), 'SIGKILL')
}
