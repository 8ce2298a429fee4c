import { LABELS, output, TAGS, tagged } from './tagging.js'

describe('a line that is a JSON object', () => {
  test.each<[line: string]>([
    ['{}'],
    ['{"a":1}'],
    [' \t{ "a" : [ ] , "b" : { } }\t '],
    ['{"a":{"b":[{"c":null},true,false,"x"]}}'],
    ['{"":"", "é":"漢"}'],
    ['{"a":"\\u00e9\\n\\/\\"\\\\ \\ud800"}'],
    ['{"a":-0.5e+10,"b":0,"c":1E-2,"d":-0}'],
    ['{"message":"m","escaped":1,"eol":2,"partial":3}'],
    ['{"constructor":1,"toString":2}'],
  ])('%s keeps its fields', async (line) => {
    expect(await tagged(`${line}\n`)).toEqual([{ ...TAGS, ...JSON.parse(line) }])
  })

  test('keeps them as they are written: digits, order, duplicates, spaces', async () => {
    const fields = ' "id": 12345678901234567890, "x": 1.10, "__proto__": {"a": 1e400}, "x": 2, "b":"\\u0041" '
    expect(await output(`{${fields}}\n`, { labels: { namespace: 'n' } })).toBe(
      `{"namespace":"n","time":"2026-01-02T12:00:00.000Z",${fields}}\n`,
    )
  })

  test('has no comma when it is empty', async () => {
    expect(await output('{ }\r\n', { labels: { namespace: 'n' } })).toBe(
      '{"namespace":"n","time":"2026-01-02T12:00:00.000Z"}\n',
    )
  })

  test('at the end of the stream is not marked: it is whole', async () => {
    expect(await tagged('{"a":1}')).toEqual([{ ...TAGS, a: 1 }])
  })

  test('holds nothing that some take for the end of a line', async () => {
    const line = '{"a":"\u0085\u2028\u2029\u009b é€","k\u2028":1,\r"b"\r:2\r}\r\n'
    expect(await tagged(line)).toEqual([{ ...TAGS, a: '\u0085\u2028\u2029\u009b é€', 'k\u2028': 1, b: 2 }])
    expect(await output(line)).toContain('"a":"\\u0085\\u2028\\u2029\\u009b é€","k\\u2028":1, "b" :2 }')
  })

  test('may be as deep as it likes', async () => {
    const depth = 100_000
    const text = `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`
    expect(await output(`${text}\n`)).toContain(`"time":"2026-01-02T12:00:00.000Z",${text.slice(1)}\n`)
    expect(await tagged(`{"a":${'['.repeat(depth)}}\n`)).toEqual([
      { ...TAGS, message: `{"a":${'['.repeat(depth)}}` },
    ])
  })

  test('may have many fields', async () => {
    const fields = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, index]))
    expect(await tagged(`${JSON.stringify({ ...fields, pid: 9 })}\n`)).toEqual([
      { ...TAGS, ...fields, line_pid: 9 },
    ])
  })

  test.each<[line: string]>([
    ['{"a":01}'],
    ['{"a":1.}'],
    ['{"a":.5}'],
    ['{"a":+1}'],
    ['{"a":1e}'],
    ['{"a":-}'],
    ['{"a":NaN}'],
    ['{"a":tru}'],
    ['{"a":nulll}'],
    ['{"a":"\t"}'],
    ['{"a":"\\x41"}'],
    ['{"a":"\\u12g4"}'],
    ['{"a":"\\"}'],
    ['{"a":1,}'],
    ['{,}'],
    ['{"a"}'],
    ['{"a":}'],
    ['{"a" 1}'],
    ['{"a":1 "b":2}'],
    ['{"a":[1,]}'],
    ['{"a":[1}}'],
    ['{"a":{]}'],
    ['{"a":1}}'],
    ['{1:2}'],
    ['{"a":1}/**/{}'],
    ['\ufeff{"a":1}'],
    ['{"a":\u00a01}'],
  ])('%s is none', async (line) => {
    expect(() => JSON.parse(line)).toThrow()
    expect(await tagged(`${line}\n`)).toEqual([{ ...TAGS, message: line }])
  })
})

describe('a field that is called as a label is', () => {
  const parsed = async (line: string, labels = LABELS) => (await tagged(`${line}\n`, { labels }))[0]

  test('stays under another name, and the label is the label', async () => {
    const line = '{"level":30,"time":1700000000000,"pid":1,"namespace":"forged","stream":"x","msg":"hi"}'
    expect(await parsed(line)).toEqual({
      ...TAGS,
      level: 30,
      line_time: 1700000000000,
      line_pid: 1,
      line_namespace: 'forged',
      line_stream: 'x',
      msg: 'hi',
    })
  })

  test.each<[line: string, fields: object]>([
    ['{"line_pid":1,"pid":2}', { line_pid: 1, line_line_pid: 2 }],
    ['{"pid":1,"line_line_pid":2,"line_pid":3}', { line_line_line_pid: 1, line_line_pid: 2, line_pid: 3 }],
    ['{"p\\u0069d":1}', { line_pid: 1 }],
    ['{"p\\u0069d":1,"line\\u005fpid":2}', { line_line_pid: 1, line_pid: 2 }],
    ['{"line_pid":1}', { line_pid: 1 }],
    ['{"a":{"pid":1}}', { a: { pid: 1 } }],
    ['{"a":"pid","b":["time"]}', { a: 'pid', b: ['time'] }],
    ['{"Pid":1,"pi":2,"pidd":3}', { Pid: 1, pi: 2, pidd: 3 }],
  ])('%s', async (line, fields) => {
    expect(await parsed(line)).toEqual({ ...TAGS, ...fields })
  })

  test('twice, stays twice', async () => {
    expect(await output('{"pid":1,"a":0,"pid":2}\n')).toContain('"line_pid":1,"a":0,"line_pid":2}')
  })

  test('does not take the name of another', async () => {
    const labels = { namespace: 'n', line_time: 'mine', id: 5 }
    const { time } = TAGS
    expect(await parsed('{"line_time":1,"time":2,"id":3,"line_id":4}', labels)).toEqual({
      ...labels,
      time,
      line_line_time: 1,
      line_line_line_time: 2,
      line_line_id: 3,
      line_id: 4,
    })
  })

  test('may be called __proto__, as a label may', async () => {
    const labels = { namespace: 'n', ...JSON.parse('{"__proto__":"label"}') }
    expect(await output('{"__proto__":"line"}\nx\n', { labels })).toBe(
      ['"line___proto__":"line"', '"message":"x"']
        .map((field) => `{"namespace":"n","__proto__":"label","time":"${TAGS.time}",${field}}\n`)
        .join(''),
    )
  })
})

test("a label may be called as what the tagger adds: that is then the other's name", async () => {
  const labels = { namespace: 'n', message: 1, escaped: 2, eol: 3, partial: 4 }
  const { time } = TAGS
  const bytes = Buffer.concat([Buffer.from('abcde'), Buffer.from([0xff])])
  expect(await tagged(bytes, { labels, maxLineLength: 4 })).toEqual([
    { ...labels, time, line_message: 'abcd', line_partial: true },
    { ...labels, time, line_message: 'e\\xff', line_escaped: true, line_eol: '' },
  ])
})

test('labels may be as many, and their names as long, as they like', async () => {
  const names = Array.from({ length: 400 }, (_, index) => `${'line_'.repeat(index)}message`)
  const labels = { namespace: 'n', ...Object.fromEntries(names.map((name) => [name, 1])) }
  const { time } = TAGS
  // Twice: the room for the first is the least that there is.
  const expected = { ...labels, time, [`${'line_'.repeat(400)}message`]: 'x' }
  expect(await tagged('x\nx\n', { labels })).toEqual([expected, expected])
})

test('labels hold nothing that some take for the end of a line', async () => {
  const labels = { namespace: 'a\u2028', 'b\u2029': '\u0085\r\n' }
  const { time } = TAGS
  expect(await tagged('{"b\\u2029":1}\n', { labels })).toEqual([{ ...labels, time, 'line_b\u2029': 1 }])
})
