// An ordinary user for the run, with subordinate ids.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'

const FILES = ['/etc/subuid', '/etc/subgid']
/** The user's own ranges: the usual one, and a small one, so that a user with several is seen. */
const SIZES = [65536, 1000]
const PATIENCE_MS = 20_000

export function makeUser(run, home) {
  // The pid keeps the users of two runs at once apart.
  const name = `nskit-test-${process.pid}`
  const absent = FILES.filter((file) => !existsSync(file))
  // No automatic ranges: their place and number depend on the host's login.defs.
  const noRanges = ['-K', 'SUB_UID_COUNT=0', '-K', 'SUB_GID_COUNT=0']
  run.atEnd(() => {
    for (const file of absent) if (existsSync(file) && statSync(file).size === 0) rmSync(file)
  })
  must('useradd', [
    ...noRanges,
    '--no-create-home',
    '--home-dir',
    home,
    '--shell',
    '/bin/sh',
    '--user-group',
    name,
  ])
  run.atEnd(() => removeUser(name))
  must('usermod', [...ranges('--add-subuids', FILES[0]), ...ranges('--add-subgids', FILES[1]), name])
  run.uid = id('-u', name)
  return { name, uid: run.uid, gid: id('-g', name) }
}

/** userdel refuses while a process of the user is there, also one that was just killed. */
function removeUser(name) {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const { status, stderr } = spawnSync('userdel', [name], { encoding: 'utf8' })
    if (status === 0) return
    if (Date.now() > deadline) throw new Error(`userdel: ${stderr.trim()}`)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
  }
}

function ranges(option, file) {
  let start = endOfRanges(file)
  return SIZES.flatMap((size) => {
    const range = `${start}-${start + size - 1}`
    // A gap, as usermod joins ranges that touch.
    start += 2 * size
    return [option, range]
  })
}

/** Above every range that the file grants, and above those of the other tests. */
function endOfRanges(file) {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const ends = text.split('\n').map((line) => line.split(':').slice(1).map(Number))
  return Math.max(300_000, ...ends.map(([start = 0, size = 0]) => start + size))
}

function id(option, name) {
  return Number(must('id', [option, name]))
}

function must(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command}: ${error?.message ?? stderr.trim()}`)
  return stdout
}
