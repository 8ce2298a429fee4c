// Goes through rows of hosts and says, as a line of JSON each, what they answered: main.mjs FILE [ROW]
//
// FILE: { package, user: { uid, gid, name? }, guest, rows }. ROW: only that, its `host` command has run.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const LIMIT_MS = 90_000
/** An ordinary user's: that of whoever runs the tests may lead through folders closed to others. */
const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin'
const ATTEMPT = fileURLToPath(new URL('attempt.cjs', import.meta.url))
const [file, only] = process.argv.slice(2)
const given = JSON.parse(readFileSync(file, 'utf8'))

for (const row of given.rows) {
  if (only === undefined) say(row.host === undefined ? answer(row) : behind(row))
  else if (row.name === only) say(answer(row))
}

function say(result) {
  writeSync(1, `${JSON.stringify(result)}\n`)
}

/** The same, as root of the host that the command makes. */
function behind(row) {
  const self = [process.execPath, fileURLToPath(import.meta.url), file, row.name]
  const { stdout, failure } = run([...row.host, ...self])
  return failure === undefined ? JSON.parse(stdout) : { name: row.name, failure }
}

function answer(row) {
  try {
    if (row.setup !== undefined) mustSucceed(['sh', '-ec', row.setup])
    const before = attempt(row, row)
    const remedy = before.probe.remedies?.[0]
    const { tried } = row
    // Only what the row is about is done to a machine.
    if (tried === undefined || !new RegExp(row.title).test(remedy?.title)) return { name: row.name, before }
    if (tried === 'applied') apply(remedy)
    return { name: row.name, before, after: attempt(row, tried === 'applied' ? row : { ...row, ...tried }) }
  } catch (error) {
    return { name: row.name, failure: error.message }
  } finally {
    if (row.undo !== undefined) run(['sh', '-c', row.undo])
  }
}

function attempt({ user }, { through = [], options, bwrap }) {
  const { uid, gid, name } = given.user
  const groups = name === undefined ? '--clear-groups' : '--init-groups'
  const ids = user === 'root' ? [] : ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, groups]
  const command = [process.execPath, ATTEMPT, given.package, JSON.stringify({ options, bwrap })]
  return JSON.parse(mustSucceed([...ids, ...through, ...command]))
}

/** As a person would: the file, then the commands, as root. Outside of a guest no file is written. */
function apply(remedy) {
  if (remedy.file !== undefined && given.guest) {
    mkdirSync(dirname(remedy.file.path), { recursive: true })
    writeFileSync(remedy.file.path, remedy.file.content)
  }
  for (const command of remedy.commands) mustSucceed(['sh', '-c', command])
}

function mustSucceed(command) {
  const { stdout, failure } = run(command)
  if (failure !== undefined) throw new Error(failure)
  return stdout
}

function run([program, ...args]) {
  const { status, signal, stdout, stderr, error } = spawnSync(program, args, {
    cwd: '/',
    env: { ...process.env, PATH: SYSTEM_PATH },
    encoding: 'utf8',
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  })
  if (status === 0) return { stdout }
  return {
    stdout,
    failure: `${[program, ...args].join(' ')}: ${error?.message ?? signal ?? status}\n${stdout}${stderr}`,
  }
}
