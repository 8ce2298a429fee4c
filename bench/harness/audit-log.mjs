// What auditd sends to a plugin: real execve events of six records, and the mark of their end.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SOURCE = new URL('../../test/fixtures/audit/enriched.log', import.meta.url)
const RECORDS = 6
/** Of one write: laurel and Node read from a file in pieces of 64 KiB or less. */
const EVENTS_PER_BLOCK = 1000

/** The events' lines, as often as asked; each event has a serial number of its own. */
export function* auditBlocks(lines) {
  const events = eventsOf(readFileSync(SOURCE, 'latin1'))
  let serial = 1
  for (let left = lines; left > 0; ) {
    let block = ''
    for (let i = 0; i < EVENTS_PER_BLOCK && left > 0; i++) {
      const event = events[serial % events.length]
      for (const [before, after] of event) block += `${before}${serial}${after}\n`
      serial++
      left -= event.length
    }
    yield Buffer.from(block, 'latin1')
  }
}

/** Calls `work` with the path of such a log and of a configuration of laurel, which go afterwards. */
export async function withAuditLog(lines, work) {
  const folder = mkdtempSync(join(tmpdir(), 'nskit-bench-audit-'))
  try {
    const log = join(folder, 'audit.log')
    for (const block of auditBlocks(lines)) writeFileSync(log, block, { flag: 'a' })
    const settings = join(folder, 'laurel.toml')
    writeFileSync(settings, laurelSettings(folder))
    return await work({ log, settings })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** To standard output, with nothing looked up besides. */
function laurelSettings(folder) {
  return `directory = ${JSON.stringify(folder)}
[auditlog]
file = "-"
[transform]
execve-argv = [ "array" ]
[translate]
userdb = false
universal = false
[enrich]
execve-env = [ ]
container = false
`
}

function eventsOf(text) {
  const events = new Map()
  for (const line of text.trimEnd().split('\n')) {
    const [, before, serial, after] = /^(.*?audit\([0-9.]+:)(\d+)(\).*)$/s.exec(line)
    events.set(serial, [...(events.get(serial) ?? []), [before, after]])
  }
  const six = [...events.values()].filter(
    (records) => records.length === RECORDS && records.some(([before]) => before.startsWith('type=EXECVE')),
  )
  // What auditd sends to a program behind each event, and leaves out of its log: without it laurel keeps them all.
  return six.map((records) => [...records, [`type=EOE ${records[0][0].split(' ')[1]}`, '): ']])
}
