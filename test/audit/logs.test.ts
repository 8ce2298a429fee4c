import { parseAuditRecord } from '../../lib/audit/index.js'
import { containersOf, LOGS, type LogName, linesOf } from './logs.js'
import { tag } from './tag.js'

describe.each(Object.keys(LOGS) as LogName[])('the log %s', (log) => {
  it('is tagged line by line, with all that parseAuditRecord reads', async () => {
    const lines = linesOf(log)
    const tagged = await tag(containersOf(log), `${lines.join('\n')}\n`, { raw: true })
    expect(tagged.map(({ raw }) => raw)).toEqual(lines)
    for (const each of tagged) {
      const { node, type, time, serial, fields, enriched } = parseAuditRecord(each.raw ?? '')
      const plain = Object.fromEntries(
        Object.entries(each.fields ?? {}).map(([name, value]) => [
          name,
          typeof value === 'string' ? value : String(value.host),
        ]),
      )
      const unsigned = Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [
          name,
          name === 'oauid' && value === '-1' ? '4294967295' : value,
        ]),
      )
      expect({ ...each, fields: plain }).toMatchObject({
        ...(node && { node }),
        type,
        time,
        serial,
        fields: unsigned,
      })
      expect(plain).toEqual(unsigned)
      expect(each.enriched).toEqual(enriched)
    }
  })

  it('has the right name on every record of a container, and none on the host’s', async () => {
    const tagged = await tag(containersOf(log), linesOf(log).join('\n'))
    const named = tagged.filter(({ type }) => type === 'SYSCALL')
    expect(new Set(named.map(({ namespace }) => namespace))).toEqual(
      new Set(['web', 'db', 'worker', undefined]),
    )
    for (const { namespace, candidates, via, fields } of named) {
      const { uid, ses } = fields as { uid: { host: number; inside?: number }; ses: string }
      const session = Object.entries(LOGS[log].sessions).find(([, number]) => String(number) === ses)?.[0]
      if (session !== undefined) expect([namespace, via]).toEqual([session, 'session'])
      else if (uid.host >= 740000) expect([namespace, via]).toEqual(['worker', 'range'])
      else if (uid.host >= 720000) expect(candidates?.map(({ name }) => name).sort()).toEqual(['db', 'web'])
      else expect([namespace, via, uid.inside]).toEqual([undefined, 'none', undefined])
      if (uid.host >= 720000) expect(uid.inside).toBe(uid.host % 20000 === 5000 ? 1000 : uid.host % 20000)
    }
  })
})

describe.each(Object.keys(LOGS) as LogName[])('the log %s', (log) => {
  it('reads: every line a record, all with a node or none', () => {
    const records = linesOf(log).map(parseAuditRecord)
    for (const record of records) {
      expect(record.type).toMatch(/^[A-Z_]+$/)
      expect(record.node).toBe(log === 'raw-node' ? 'host-1' : undefined)
      expect(Object.keys(record.fields).length).toBeGreaterThan(0)
    }
    expect(records.some(({ fields }) => fields.name === '/tmp/nskit\nline')).toBe(true)
    expect(records.some(({ fields }) => fields.acct === '(invalid user)')).toBe(true)
    const titles = records.map(({ fields }) => fields.proctitle)
    expect(titles).toContain('/bin/true\0uid=0 ses=1\0ä quote "x"')
  })
})
