import { parseAuditRecord } from '../../lib/audit/index.js'
import { ParseError } from '../../lib/errors/parse-error.js'
import { fieldsOf } from './records.js'

const HEAD = 'type=SYSCALL msg=audit(1795275385.956:1409): '

describe('a record', () => {
  it('has a type, a time in milliseconds, a serial number and fields', () => {
    expect(parseAuditRecord(`${HEAD}arch=c000003e syscall=59 uid=720000 comm="touch" tty=(none)`)).toEqual({
      type: 'SYSCALL',
      time: 1_795_275_385_956,
      serial: 1409,
      fields: { arch: 'c000003e', syscall: '59', uid: '720000', comm: 'touch', tty: '(none)' },
    })
  })

  it('may name its node', () => {
    expect(parseAuditRecord('node=host-1.example type=EOE msg=audit(0.001:4294967295): ')).toEqual({
      node: 'host-1.example',
      type: 'EOE',
      time: 1,
      serial: 4_294_967_295,
      fields: {},
    })
  })

  it('may be enriched, behind one byte', () => {
    const record = parseAuditRecord(
      'type=SYSCALL msg=audit(1.000:1): uid=0 key="a b"\x1dARCH=x86_64 UID="root" SADDR={ saddr_fam=local path=/x } AUID="unset"',
    )
    expect(record.fields).toEqual({ uid: '0', key: 'a b' })
    expect(record.enriched).toEqual({
      ARCH: 'x86_64',
      UID: 'root',
      SADDR: '{ saddr_fam=local path=/x }',
      AUID: 'unset',
    })
  })

  it.each([
    ['a newline', '\n'],
    ['a carriage return', '\r'],
    ['both', '\r\n'],
    ['spaces', '  '],
  ])('may end with %s', (_, end) => {
    expect(parseAuditRecord(`${HEAD}uid=1${end}`).fields).toEqual({ uid: '1' })
  })

  it.each([
    ['', /type=/],
    ['hello', /type=/],
    ['type=', /record type/],
    ['type=SYSCALL', /record type/],
    ['type="X" msg=audit(1.000:1): a=b', /record type/],
    ['type=SYSCALL uid=0', /msg=audit/],
    ['type=SYSCALL msg=audit(:1): a=b', /seconds/],
    ['type=SYSCALL msg=audit(-1.000:1): a=b', /seconds/],
    ['type=SYSCALL msg=audit(1234567890123.000:1): a=b', /seconds/],
    ['type=SYSCALL msg=audit(1.00:1): a=b', /milliseconds/],
    ['type=SYSCALL msg=audit(1.0000:1): a=b', /milliseconds/],
    ['type=SYSCALL msg=audit(1.000:): a=b', /serial/],
    ['type=SYSCALL msg=audit(1.000:1x): a=b', /serial/],
    ['type=SYSCALL msg=audit(1.000:1)', /serial/],
    ['audit(1795275385.956:1409): arch=c000003e', /type=/],
    ['{"type":"SYSCALL"}', /type=/],
    ['node=x', /type=/],
  ])('is not what is written in %j', (line, reason) => {
    expect(() => parseAuditRecord(line)).toThrow(ParseError)
    expect(() => parseAuditRecord(line)).toThrow(reason)
  })

  it('names no node that no host can have, and so none that fills the memory', () => {
    const stamp = 'type=A msg=audit(1.000:1): a=b'
    expect(parseAuditRecord(`node=${'x'.repeat(1024)} ${stamp}`).node).toHaveLength(1024)
    expect(() => parseAuditRecord(`node=${'x'.repeat(1025)} ${stamp}`)).toThrow(/host's name/)
  })

  it('is a string', () => {
    expect(() => parseAuditRecord(Buffer.from(HEAD) as unknown as string)).toThrow(TypeError)
  })
})

describe('a value', () => {
  it('of a string field is decoded where it is unquoted upper-case hex', () => {
    expect(
      fieldsOf('comm=C3A4206222 exe="/usr/bin/x" name=6E736B69740A6C696E65 proctitle=746F756368006100'),
    ).toEqual({
      comm: 'ä b"',
      exe: '/usr/bin/x',
      name: 'nskit\nline',
      proctitle: 'touch\0a\0',
    })
  })

  it('of a string field stays what it is where it is quoted, or no such hex', () => {
    expect(fieldsOf('comm="C3A4" name=(null) exe=? key=c3a4 cwd=ABC acct="" path=')).toEqual({
      comm: 'C3A4',
      name: '(null)',
      exe: '?',
      key: 'c3a4',
      cwd: 'ABC',
      acct: '',
      path: '',
    })
  })

  it('of an argument is a string in EXECVE, a number elsewhere', () => {
    const body = 'argc=3 a0="sh" a1=C3A4 a2_len=8 a2[0]=4142 a2[1]=4344'
    expect(fieldsOf(body, 'EXECVE')).toMatchObject({
      a0: 'sh',
      a1: 'ä',
      a2_len: '8',
      'a2[0]': 'AB',
      'a2[1]': 'CD',
    })
    expect(fieldsOf('a0=C3A4 a1=7F')).toEqual({ a0: 'C3A4', a1: '7F' })
    expect(fieldsOf('a0=C3A4', 'EXECVE_2')).toEqual({ a0: 'C3A4' })
  })

  it('that is no text is text with replacements', () => {
    expect(fieldsOf('comm=61FF62')).toEqual({ comm: 'a\ufffdb' })
  })

  it('may hold what looks like fields', () => {
    expect(
      fieldsOf(`comm="uid=0 ses=1" exe=7569643D30207365733D31 uid=720000 key="type=X msg=audit(1.000:1):"`),
    ).toEqual({
      comm: 'uid=0 ses=1',
      exe: 'uid=0 ses=1',
      uid: '720000',
      key: 'type=X msg=audit(1.000:1):',
    })
  })

  it('may lack its closing quote', () => {
    expect(fieldsOf('uid=1 comm="abc def\x1dUID="root"')).toEqual({ uid: '1', comm: 'abc def' })
  })
})

describe('fields of one name', () => {
  it('count once: the first', () => {
    expect(fieldsOf('pid=1 uid=720000 uid=0 pid=2')).toEqual({ pid: '1', uid: '720000' })
  })

  it('outside msg count before those inside, wherever they stand', () => {
    expect(fieldsOf(`pid=5 uid=0 msg='op=login uid=720000 id=5 res=success'`, 'USER_LOGIN')).toEqual({
      pid: '5',
      uid: '0',
      op: 'login',
      id: '5',
      res: 'success',
    })
    expect(fieldsOf(`msg='uid=7 op=x' uid=0`, 'USER')).toEqual({ uid: '0', op: 'x' })
  })

  it('may be __proto__', () => {
    const { fields } = parseAuditRecord('type=X msg=audit(1.000:1): __proto__=5 constructor=6')
    expect(Object.entries(fields)).toEqual([
      ['__proto__', '5'],
      ['constructor', '6'],
    ])
    expect(Object.getPrototypeOf(fields)).toBe(Object.prototype)
  })

  it('are found among thousands', () => {
    const body = Array.from({ length: 5000 }, (_, i) => `a${i}="${i}"`).join(' ')
    const record = fieldsOf(`argc=5000 ${body} ${body}`, 'EXECVE')
    expect(Object.keys(record)).toHaveLength(5001)
    expect(record.a4999).toBe('4999')
  })
})
