import { spawnSync } from 'node:child_process'
import { type AuditRecord, parseAuditRecord } from '../../lib/audit/index.js'

/** Not in an ordinary user's PATH. */
const AUSEARCH = '/usr/sbin/ausearch'

/** Strings, that ausearch shows decoded and without quotes. */
const STRINGS = /^(comm|exe|cwd|name|proctitle|acct|cmd|ocomm|text|op|hostname|terminal)$/
const IDS = /^([aefs]|fs)?uid$|^([es]|fs)?gid$|^o(auid|uid|gid)$/

/**
 * What parseAuditRecord reads in `path` otherwise than ausearch does: one line for each difference, and how many values
 * were compared.
 */
export function differences(
  path: string,
  lines: readonly string[],
): { compared: number; different: string[] } {
  const interpreted = interpret(path)
  const different: string[] = []
  let compared = 0
  for (const line of lines) {
    const record = parseAuditRecord(line)
    const candidates = interpreted.get(keyOf(record)) ?? []
    for (const text of expectations(record)) {
      compared++
      if (!candidates.some((one) => one.includes(`${text} `) || one.endsWith(text)))
        different.push(`${keyOf(record)}:${text}`)
    }
  }
  return { compared, different }
}

function keyOf({ type, serial }: AuditRecord): string {
  return `${serial} ${type}`
}

/** Lines of `ausearch -i` by serial number and type. */
function interpret(path: string): Map<string, string[]> {
  // English and of one time zone: dates depend on both.
  const env = { LC_ALL: 'C', TZ: 'UTC' }
  const { stdout, status, error, stderr } = spawnSync(AUSEARCH, ['-if', path, '-i'], {
    encoding: 'utf8',
    env,
  })
  if (status !== 0) throw error ?? new Error(stderr)
  const lines = new Map<string, string[]>()
  for (const line of stdout.split('\n')) {
    const [, type, serial] = /type=(\S+) msg=audit\([^)]*:(\d+)\)/.exec(line) ?? []
    if (type === undefined) continue
    const key = `${serial} ${type}`
    lines.set(key, [
      ...(lines.get(key) ?? []),
      line
        .trimEnd()
        .replace(/ msg='/, ' ')
        .replace(/'$/, ''),
    ])
  }
  return lines
}

/** What has to stand in ausearch's line. */
function expectations({ type, fields }: AuditRecord): string[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    // Of an SELinux decision it shows the sentence.
    if (name === 'seresult') return [` avc:  ${value}`]
    if (name === 'seperms') return [` { ${value} }`]
    if (IDS.test(name)) {
      const shown = idShown(value)
      return shown === undefined ? [] : [` ${name}=${shown}`]
    }
    const isString = STRINGS.test(name) || (type === 'EXECVE' && /^a\d+$/.test(name))
    return isString ? [` ${name}=${escaped(value)}`] : []
  })
}

/** undefined for those that this machine may have a name for. */
function idShown(value: string): string | undefined {
  if (value === '4294967295' || value === '-1') return 'unset'
  if (value === '0') return 'root'
  return Number(value) >= 700_000 ? `unknown(${value})` : undefined
}

/** As ausearch writes to a terminal. NUL bytes divide arguments. */
function escaped(value: string): string {
  return Array.from(value.replaceAll('\0', ' ').trimEnd(), (one) => {
    const code = one.charCodeAt(0)
    return code < 0x20 || code === 0x7f ? `\\${code.toString(8).padStart(3, '0')}` : one
  }).join('')
}
