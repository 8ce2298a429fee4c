// The modes of a test run: as whom, and in which namespaces, jest runs.
import { spawnSync } from 'node:child_process'
import { chownSync, readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { inPrivateMounts, publish } from './tree.mjs'
import { makeUser } from './user.mjs'
import { startInUserNamespace } from './user-namespace.mjs'

const isRoot = process.geteuid() === 0

export const MODES = {
  root: {
    start: asRoot,
    impossible: () => (isRoot ? undefined : 'the caller is not root'),
  },
  user: {
    start: isRoot ? asMadeUser : (run, place, args) => run.exec(process.execPath, args, { env: place.env }),
    impossible: () => undefined,
  },
  userns: {
    start: startInUserNamespace,
    impossible: whyNoUserNamespace,
  },
}

/** The modes asked for, or all; one that the caller cannot enter is stated as left out. */
export function chooseModes(asked, results) {
  return Object.keys(MODES).filter((mode) => {
    if (asked !== undefined && !asked.includes(mode)) return false
    const why = MODES[mode].impossible()
    if (why === undefined) return true
    // Root can enter every mode: what stops it is a fault of the host, which a CI must not pass over.
    if (asked !== undefined || (isRoot && process.env.CI)) results.fail(`jest ${mode}`, why)
    else results.leftOut(`jest ${mode}`, why)
    return false
  })
}

/** In the view too: tests become other users, for whom the tree's own place may be closed. */
function asRoot(run, place, args) {
  const view = publish(run)
  const [command, ...rest] = inPrivateMounts(view, [view.node, ...args])
  return run.exec(command, rest, { env: place.env })
}

async function asMadeUser(run, place, args) {
  run.user ??= makeUser(run, place.home)
  const { user } = run
  for (const folder of [place.home, place.tmp, place.cache]) chownSync(folder, user.uid, user.gid)
  const view = publish(run)
  const ids = ['--reuid', user.name, '--regid', String(user.gid), '--init-groups', '--inh-caps=-all']
  const [command, ...rest] = inPrivateMounts(view, ['setpriv', ...ids, view.node, ...args])
  return run.exec(command, rest, {
    env: { ...place.env, HOME: place.home, USER: user.name, LOGNAME: user.name },
  })
}

function whyNoUserNamespace() {
  const trial = spawnSync('unshare', ['--user', 'true'], { encoding: 'utf8' })
  if (trial.status !== 0) return trial.error?.message ?? trial.stderr.trim()
  if (isRoot) return undefined
  const { username, uid } = userInfo()
  const owns = (line) => [username, String(uid)].includes(line.split(':', 1)[0])
  const missing = ['/etc/subuid', '/etc/subgid'].find(
    (file) => !readFileSync(file, 'utf8').split('\n').some(owns),
  )
  return missing && `${username} has no range in ${missing}`
}
