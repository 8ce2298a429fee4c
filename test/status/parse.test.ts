import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ParseError } from '../../lib/errors/parse-error.js'
import { parseStatus } from '../../lib/status/index.js'
import { referenceFields, referenceStatus } from '../support/status-reference.js'

const folder = join(__dirname, '../fixtures/status')
const fixture = (name: string): Buffer => readFileSync(join(folder, name))

describe('status files of many kernels', () => {
  test.each(readdirSync(folder))('%s reads as the reference reads it, from bytes and from text', (name) => {
    const bytes = fixture(name)
    const text = bytes.toString('latin1')
    for (const status of [parseStatus(bytes), parseStatus(text), parseStatus(new Uint8Array(bytes))]) {
      expect({ ...status }).toEqual(referenceStatus(text))
      expect([...status.fields]).toEqual([...referenceFields(text)!])
    }
  })

  test('what an old kernel lacks is undefined', () => {
    const status = parseStatus(fixture('linux-2.6.34-x86_64'))
    for (const key of [
      'umask',
      'ngid',
      'nsPid',
      'kernelThread',
      'noNewPrivs',
      'seccomp',
      'untagMask',
      'thpEnabled',
    ] as const) {
      expect(status[key]).toBeUndefined()
    }
    expect(status.capabilities.ambient.size).toBe(0)
    expect(status.capabilities.bounding.has('CAP_63')).toBe(true)
    expect(status.groups).toEqual([16, 33, 100])
  })

  test('kernel threads and zombies have no memory', () => {
    const thread = parseStatus(fixture('linux-6.12-x86_64-kernel-thread'))
    expect([thread.kernelThread, thread.name, thread.memory]).toEqual([true, 'kworker/0:1H-kblockd', {}])
    const zombie = parseStatus(fixture('linux-6.12-x86_64-zombie'))
    expect([zombie.kernelThread, zombie.state, zombie.memory]).toEqual([false, 'Z', {}])
  })

  test('wide numbers keep their width', () => {
    const status = parseStatus(fixture('linux-6.1-mips64'))
    expect(status.signals.blocked).toBe(1n << 127n)
    expect(status.signals.caught).toBe((1n << 64n) | 0x198016a07n)
    expect(status.memory.VmSize).toBe(21475003480)
    expect(status.gid.real).toBe(4294967295)
    expect(status.nsPid).toEqual([2817, 31, 7])
    expect([...status.capabilities.ambient]).toEqual(['CAP_NET_BIND_SERVICE'])
  })
})

describe('names that a process chose', () => {
  const base = fixture('linux-6.18-x86_64-spoofed-name')
    .toString('latin1')
    .replace(/^[^\n]*\n/, '')
  test.each([
    ['another field', 'Uid:\t0\t0\t0\t0', 'Uid:\t0\t0\t0\t0'],
    ['carriage returns', 'a\rUid:\t0\t0\t0\t0\r', 'a\rUid:\t0\t0\t0\t0\r'],
    ['an escaped newline', 'a\\nUid:\t0\t0\t0\t0', 'a\nUid:\t0\t0\t0\t0'],
    ['an escaped backslash before an n', 'a\\\\nb', 'a\\nb'],
    ['backslashes in a row', '\\\\\\\\\\n', '\\\\\n'],
    ['blanks around', ' \t name \t ', ' \t name \t '],
    ['nothing', '', ''],
    ['colons', ':::', ':::'],
    ['line separators of Unicode, as bytes', '\xe2\x80\xa8\x85', '\xe2\x80\xa8\x85'],
    ['bytes that are no UTF-8', '\xff\xfe\x80', '\xff\xfe\x80'],
    ['NUL and controls', '\0\x01\x0b\x0c\x1b', '\0\x01\x0b\x0c\x1b'],
  ])('%s: is the name and nothing else', (_, written, name) => {
    const text = `Name:\t${written}\n${base}`
    for (const status of [parseStatus(text), parseStatus(Buffer.from(text, 'latin1'))]) {
      expect(status.name).toBe(name)
      expect(status.uid).toEqual({ real: 1000, effective: 0, saved: 1001, filesystem: 1002 })
      expect(status.pid).toBe(3002)
      expect(status.fields.get('Name')).toBe(written)
    }
  })

  test('a character that is wider than a byte is no newline', () => {
    const status = parseStatus(`Name:\tx\u010aUid:\t0\t0\t0\t0\n${base}`)
    expect(status.uid.real).toBe(1000)
    expect(Buffer.from(status.name, 'latin1').toString()).toBe('x\u010aUid:\t0\t0\t0\t0')
  })

  test('a key that comes again changes nothing', () => {
    const status = parseStatus(`Name:\ta\n${base}Uid:\t0\t0\t0\t0\nName:\tb\nVmRSS:\t1 kB\n`)
    expect([status.name, status.uid.real, status.memory.VmRSS]).toEqual(['a', 1000, 40892])
    expect(status.fields.get('Uid')).toBe('1000\t0\t1001\t1002')
  })
})

describe('what does not read', () => {
  const lines = fixture('linux-6.18-x86_64-spoofed-name').toString('latin1').split('\n').slice(0, -1)
  test.each([
    ['Umask', '0088'],
    ['Umask', ''],
    ['State', ''],
    ['State', 'S'],
    ['Pid', '-1'],
    ['Pid', '1 2'],
    ['Pid', '0x1'],
    ['Pid', ' 1'],
    ['Pid', '99999999999999999999999'],
    ['Uid', '1\t2\t3'],
    ['Uid', '1\t2\t3\t4\t5'],
    ['Uid', '1\t2\t3\t4294967296'],
    ['Uid', 'a\tb\tc\td'],
    ['Gid', ''],
    ['Groups', '1,2'],
    ['Groups', '1 -2'],
    ['Groups', '4294967296'],
    ['NSpid', '1\tx'],
    ['SigQ', '1'],
    ['SigQ', '1/'],
    ['SigQ', '/1'],
    ['SigQ', '1/2/3'],
    ['SigPnd', ''],
    ['SigPnd', '0x0'],
    ['SigPnd', 'g'],
    ['SigPnd', `${'0'.repeat(15)}G`],
    ['SigPnd', '1'.repeat(33)],
    ['CapEff', 'FF'],
    ['CapEff', '1'.repeat(17)],
    ['untag_mask', 'ff'],
    ['VmRSS', '1'],
    ['VmRSS', 'kB'],
    ['VmRSS', ' kB'],
    ['VmRSS', '1 MB'],
    ['VmRSS', '-1 kB'],
    ['RssAnon', '1kB'],
    ['Threads', 'one'],
    ['Seccomp', 'filter'],
    ['voluntary_ctxt_switches', '18446744073709551616'],
  ])('%s of %p is a ParseError with source and line', (key, value) => {
    const index = lines.findIndex((line) => line.startsWith(`${key}:`))
    const text = lines.with(index, `${key}:\t${value}`).join('\n')
    expect(() => parseStatus(text, '/proc/7/status')).toThrow(ParseError)
    expect(() => parseStatus(text, '/proc/7/status')).toThrow(
      expect.objectContaining({ source: '/proc/7/status', line: index + 1 }),
    )
  })

  test.each([
    ['nothing at all', '', 1],
    ['an empty line', 'Name:\tx\n\n', 2],
    ['a line without a colon', 'Name:\tx\nUid 0\n', 2],
    ['a text that does not begin with the name', 'Uid:\t0\t0\t0\t0\nName:\tx\n', 1],
    ['other text', 'hello', 1],
  ])('%s is refused', (_, text, line) => {
    expect(() => parseStatus(text)).toThrow(
      expect.objectContaining({ name: 'ParseError', source: 'status', line }),
    )
  })

  test('what is neither text nor bytes is a TypeError', () => {
    for (const value of [undefined, null, 7, {}, [78], new Uint16Array(2)]) {
      expect(() => parseStatus(value as never)).toThrow(TypeError)
    }
  })
})

describe('a status as a value', () => {
  test.each([
    ['0', 'disabled'],
    ['1', 'strict'],
    ['2', 'filter'],
    ['3', 'filter'],
  ])('seccomp mode %s is %p', (mode, name) => {
    expect(parseStatus(`Name:\tx\nSeccomp:\t${mode}\n`).seccomp).toBe(name)
  })

  test('serializes whole', () => {
    const status = parseStatus(fixture('linux-6.18-x86_64-spoofed-name'))
    const json = JSON.parse(JSON.stringify(status))
    expect(json).toMatchObject({
      pid: 3002,
      uid: { real: 1000, effective: 0, saved: 1001, filesystem: 1002 },
      signals: { queued: 2, queueLimit: 96365, pending: '0x200', blocked: '0x8000000000000000' },
      untagMask: '0xffff8000ffffffff',
      x86ThreadFeatures: ['shstk', 'wrss'],
    })
    expect(json.capabilities.permitted).toContain('CAP_41')
    expect(json.capabilities.permitted).not.toContain('CAP_SYS_RESOURCE')
    expect(json.fields.State).toBe('R (running)')
  })

  test('keeps lines of later kernels in its fields', () => {
    const status = parseStatus('Name:\tx\nNew_thing:\t1:2\t3\nNoTab:4\nEmpty:\n')
    expect([...status.fields]).toEqual([
      ['Name', 'x'],
      ['New_thing', '1:2\t3'],
      ['NoTab', '4'],
      ['Empty', ''],
    ])
  })

  test('has 65,536 groups if it must', () => {
    const groups = Array.from({ length: 65536 }, (_, i) => 4294900000 + i)
    const status = parseStatus(`Name:\tx\nGroups:\t${groups.join(' ')} \nPid:\t5\n`)
    expect(status.groups).toEqual(groups)
    expect(status.pid).toBe(5)
  })
})
