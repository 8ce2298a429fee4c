import { output, TAGS, tagged } from './tagging.js'

describe('a line that is no object', () => {
  test.each<[name: string, line: string]>([
    ['text', 'listening on 8080'],
    ['nothing', ''],
    ['white space', ' \t '],
    ['a backslash and quotes', 'C:\\n "x"'],
    ['control characters', 'a\0b\x1b[31mred\x7f\b'],
    ['what some take for the end of a line', 'a\u0085b\u2028c\u2029d\ve\ff\rg'],
    ['several alphabets', 'é Ω 漢字 👩‍🚀 \u{10ffff} \ufeff \u00a0'],
    ['a number', '12'],
    ['an array', '[{"a":1}]'],
    ['a string', '"{}"'],
    ['null', 'null'],
    ['an object that is not closed', '{"a":1'],
    ['an object and more', '{"a":1} x }'],
    ['two objects', '{"a":1}{"b":2}'],
    ['an object of JavaScript', "{a:1,'b':2,}"],
  ])('%s is its message', async (_, line) => {
    expect(await tagged(`${line}\n`)).toEqual([{ ...TAGS, message: line }])
  })

  test('the labels come first, then the time, then the message', async () => {
    const labels = { namespace: 'a b', pid: 1, region: 'eu', none: undefined, nested: { x: [1] } }
    expect(await output('x\n', { labels })).toBe(
      '{"namespace":"a b","pid":1,"region":"eu","nested":{"x":[1]},"time":"2026-01-02T12:00:00.000Z","message":"x"}\n',
    )
  })

  test('that ends with CRLF says so, and its message is without', async () => {
    expect(await tagged('a\r\n\r\nb\n\r')).toEqual([
      { ...TAGS, message: 'a', eol: '\r\n' },
      { ...TAGS, message: '', eol: '\r\n' },
      { ...TAGS, message: 'b' },
      { ...TAGS, message: '\r', eol: '' },
    ])
  })

  test('that the stream ends in is not lost, and says so', async () => {
    expect(await tagged('a\nhalf')).toEqual([
      { ...TAGS, message: 'a' },
      { ...TAGS, message: 'half', eol: '' },
    ])
    expect(await tagged('')).toEqual([])
    expect(await tagged('\n')).toEqual([{ ...TAGS, message: '' }])
  })

  test('levels are not invented', async () => {
    expect(await tagged('ERROR: no\n')).toEqual([{ ...TAGS, message: 'ERROR: no' }])
  })
})

describe('a line that is not all UTF-8', () => {
  test.each<[bytes: number[], message: string]>([
    [[0xff], '\\xff'],
    [[0x61, 0x5c, 0x80, 0x62], 'a\\\\\\x80b'],
    [[0xc3], '\\xc3'],
    [[0xc0, 0xaf], '\\xc0\\xaf'],
    [[0xe0, 0x80, 0x80], '\\xe0\\x80\\x80'],
    [[0xed, 0xa0, 0x80], '\\xed\\xa0\\x80'],
    [[0xf4, 0x90, 0x80, 0x80], '\\xf4\\x90\\x80\\x80'],
    [[0xf0, 0x9f, 0x98], '\\xf0\\x9f\\x98'],
    [[0xc3, 0xa9, 0xfe, 0xe2, 0x82, 0xac], 'é\\xfe€'],
    [[0xff, 0x00, 0x22], '\\xff\0"'],
  ])('%j is escaped: %s', async (bytes, message) => {
    expect(await tagged(Buffer.from([...bytes, 0x0a]))).toEqual([{ ...TAGS, message, escaped: true }])
  })

  test('is no object, whatever else it is', async () => {
    const line = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}\n')])
    expect(await tagged(line)).toEqual([{ ...TAGS, message: '{"a":"\\xff"}', escaped: true }])
  })

  test('leaves its neighbours as they are', async () => {
    const chunk = Buffer.concat([
      Buffer.from('a\\b\n{"x":1}\n'),
      Buffer.from([0xff]),
      Buffer.from('\nc\\d\n'),
    ])
    expect(await tagged(chunk)).toEqual([
      { ...TAGS, message: 'a\\b' },
      { ...TAGS, x: 1 },
      { ...TAGS, message: '\\xff', escaped: true },
      { ...TAGS, message: 'c\\d' },
    ])
  })
})

describe('a line that is longer than maxLineLength', () => {
  const limit = (maxLineLength: number) => ({ maxLineLength })
  const messages = async (line: string | Buffer, length: number) =>
    (await tagged(line, limit(length))).map(({ message, partial, eol, escaped }) => [
      message,
      ...[partial && 'partial', escaped && 'escaped', eol].filter((mark) => mark !== undefined),
    ])

  test('comes in pieces, all but the last marked', async () => {
    expect(await messages('abcdefghij\nk\n', 4)).toEqual([
      ['abcd', 'partial'],
      ['efgh', 'partial'],
      ['ij'],
      ['k'],
    ])
    expect(await messages('abcdefgh\nabcd', 4)).toEqual([['abcd', 'partial'], ['efgh'], ['abcd', '']])
  })

  test('is not cut within a character', async () => {
    expect(await messages('abc€d\n', 5)).toEqual([['abc', 'partial'], ['€d']])
    expect(await messages('👩👩👩', 4)).toEqual([
      ['👩', 'partial'],
      ['👩', 'partial'],
      ['👩', ''],
    ])
    expect(await messages(Buffer.from([0x61, 0x80, 0x80, 0x80, 0x80, 0x80, 0x0a]), 4)).toEqual([
      ['a\\x80\\x80\\x80', 'partial', 'escaped'],
      ['\\x80\\x80', 'escaped'],
    ])
  })

  test('is no object, and neither is what its end looks like', async () => {
    expect(await messages('{"a":12345}\n{}\n', 8)).toEqual([['{"a":123', 'partial'], ['45}'], [undefined]])
    expect(await messages('abcd{"a":1}\n', 4)).toEqual([['abcd', 'partial'], ['{"a"', 'partial'], [':1}']])
    expect(await messages('abcd{}\n{}\n', 4)).toEqual([['abcd', 'partial'], ['{}'], [undefined]])
  })
})

test('the time is when the end of a line was read', async () => {
  const times = [0, 1, 2]
  const text = await output(['a\nb', 'c\n', 'd'], { now: () => times.shift() ?? 3 })
  expect(text.match(/"time":"[^"]*"/g)).toEqual(
    ['0', '1', '3'].map((ms) => `"time":"1970-01-01T00:00:00.00${ms}Z"`),
  )
})

test.each<[chunks: string[], messages: string[]]>([
  [
    ['a', 'b\nc', '\n', '\n'],
    ['ab', 'c', ''],
  ],
  [
    ['a\r', '\nb'],
    ['a', 'b'],
  ],
])('lines come in chunks: %j', async (chunks, messages) => {
  expect((await tagged(chunks)).map(({ message }) => message)).toEqual(messages)
})
