// What a person asks first: which uid does a program have in a user namespace, and who says so?
// The same small program runs three times; each time it and the host look at the same two things.
//
//   npm run demo            a table
//   npm run demo -- --json  the same as JSON

import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { SetupError, spawn } from 'nskit'

/** Says who it is, makes a file, says who owns it, and stays until the host has looked too. */
const PROGRAM = `
  sed -n 's/^Uid:[[:space:]]*//p' /proc/self/status
  : > "$1"
  stat -c '%u:%g' "$1"
  read -r _
`

const CASES = [
  { title: 'no user namespace', options: {} },
  { title: 'own id mapped to 0', options: { unshare: ['user'] } },
  { title: '0-65535 mapped to 100000-165535', options: wideMap() },
]

const FACTS = [
  'The Uid line is translated for whoever opens the file: inside it shows the inside id, on the host the host id.',
  'The disk stores the host id, so the owner too reads differently from each side.',
  'Real, effective, saved and file system uid are the four numbers of the line (proc_pid_status(5)).',
]

function wideMap() {
  const map = [{ containerID: 0, hostID: 100000, size: 65536 }]
  return { unshare: ['user'], uidMap: map, gidMap: map }
}

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
})
if (values.help) {
  console.log('usage: npm run demo [-- --json]')
  process.exit(0)
}

const folder = mkdtempSync(join(tmpdir(), 'nskit-demo-'))
// Every id may make its file here, as in any directory that containers share.
chmodSync(folder, 0o1777)
try {
  const rows = []
  for (const { title, options } of CASES)
    rows.push({ case: title, ...(await look(options, join(folder, `${rows.length}`))) })
  console.log(values.json ? JSON.stringify({ rows, facts: FACTS }, null, 2) : table(rows))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function look(options, file) {
  const child = spawn('/bin/sh', ['-c', PROGRAM, 'sh', file], {
    ...options,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  try {
    await child.spawned
  } catch (error) {
    if (!SetupError.is(error)) throw error
    await closed.catch(() => {})
    return { refused: `${error.step}: ${error.code}` }
  }
  const said = createInterface({ input: child.stdout })
  const inside = []
  for await (const line of said) if (inside.push(line) === 2) break
  const host = { uid: uidLine(child.pid), owner: ownerOf(file) }
  child.stdin.end('\n')
  await closed
  return { inside: { uid: columns(inside[0]), owner: inside[1] }, host }
}

function uidLine(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  return columns(
    status
      .split('\n')
      .find((line) => line.startsWith('Uid:'))
      .slice(4),
  )
}

function columns(line = '') {
  return line.trim().split(/\s+/).join(' ')
}

function ownerOf(file) {
  const { uid, gid } = statSync(file)
  return `${uid}:${gid}`
}

function table(rows) {
  const cells = [
    ['', 'Uid: seen inside', 'Uid: seen by host', 'file: inside', 'file: host'],
    ...rows.map((row) =>
      row.refused
        ? [row.case, `not possible here (${row.refused})`, '', '', '']
        : [row.case, row.inside.uid, row.host.uid, row.inside.owner, row.host.owner],
    ),
  ]
  const widths = cells[0].map((_, column) =>
    Math.max(...cells.filter((row) => column !== 1 || row[2] !== '').map((row) => row[column].length)),
  )
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  )
  return [...lines, '', ...FACTS].join('\n')
}
