import { containers, line, syscall } from './records.js'
import { tag, tagLines } from './tag.js'

describe('an event', () => {
  it('has one container: records without ids take it, before and behind the one that tells', async () => {
    const tagged = await tagLines(
      line('AVC', 1, 'avc:  denied  { read } for  pid=9 comm="x" tclass=file'),
      syscall(1, 300000),
      line('CWD', 1, 'cwd="/"'),
      line('PROCTITLE', 1, 'proctitle="x"'),
      line('EOE', 1, ''),
    )
    expect(tagged.map(({ type, namespace }) => [type, namespace])).toEqual([
      ['AVC', 'mail'],
      ['SYSCALL', 'mail'],
      ['CWD', 'mail'],
      ['PROCTITLE', 'mail'],
      ['EOE', 'mail'],
    ])
  })

  it('may be interleaved with others; nothing changes its place', async () => {
    const tagged = await tagLines(
      line('CWD', 1, 'cwd="/1"'),
      syscall(2, 100000, 7),
      line('CWD', 3, 'cwd="/3"'),
      'no record',
      syscall(3, 300000),
      line('CWD', 2, 'cwd="/2"'),
      syscall(1, 0),
      line('CWD', 3, 'cwd="/3"'),
    )
    expect(tagged.map(({ serial, namespace }) => [serial, namespace])).toEqual([
      [1, undefined],
      [2, 'web'],
      [3, 'mail'],
      [undefined, undefined],
      [3, 'mail'],
      [2, 'web'],
      [1, undefined],
      [3, 'mail'],
    ])
  })

  it('is told from one of the same number by its node, and by its time', async () => {
    const tagged = await tagLines(
      syscall(1, 300000).replace('type', 'node=a type'),
      line('CWD', 1, 'cwd="/"', 'b'),
      line('CWD', 1, 'cwd="/"', 'a'),
      line('CWD', 1, 'cwd="/"', 'a').replace('1000.500', '1000.501'),
    )
    expect(tagged.map(({ node, namespace }) => [node, namespace])).toEqual([
      ['a', 'mail'],
      ['b', undefined],
      ['a', 'mail'],
      ['a', undefined],
    ])
  })

  it('of another node than the registry’s is nobody’s, nor are the files in it', async () => {
    const of = (node: string) =>
      `node=${node} ${syscall(1, 300000)}\n${line('PATH', 1, 'ouid=300007', node)}\n`
    const tagged = await tag(containers, `${of('here')}${of('there')}${syscall(2, 300000)}`, { node: 'here' })
    const inside = { ouid: { host: 300007, inside: 7 } }
    expect(tagged).toMatchObject([
      { node: 'here', namespace: 'mail' },
      { node: 'here', namespace: 'mail', fields: inside },
      { node: 'there', via: 'none' },
      { node: 'there', via: 'none' },
      { namespace: 'mail' },
    ])
    expect(tagged[3]?.fields).toEqual({ ouid: { host: 300007 } })
  })

  it('that tells nothing is nobody’s', async () => {
    const tagged = await tagLines(
      line('CONFIG_CHANGE', 1, 'auid=4294967295 ses=4294967295 op=x'),
      line('PROCTITLE', 1, 'proctitle="x"'),
      line('BPF', 2, 'prog-id=5 op=LOAD'),
    )
    expect(tagged.map(({ via }) => via)).toEqual(['none', 'none', 'none'])
  })
})

describe('a forgery', () => {
  it.each([
    ['in a quoted name', 'comm="uid=100000 ses=7" uid=0 ses=3'],
    ['in an encoded name', 'comm=7569643D313030303030207365733D37 uid=0 ses=3'],
    ['as a later field', 'uid=0 ses=3 uid=100000 ses=7'],
    ['in a message', `uid=0 ses=3 msg='uid=100000 ses=7 auid=100000'`],
    ['behind an apostrophe in a message', `uid=0 ses=3 msg='text=' uid=100000 ses=7 res=success'`],
    ['as an enriched field', 'uid=0 ses=3\x1duid=100000 ses=7'],
    ['as the names of what the tagger writes', 'uid=0 ses=3 namespace=web via=session candidates=5 type=X'],
  ])('%s changes no attribution', async (_, body) => {
    const [tagged] = await tagLines(line('USER', 1, body))
    expect(tagged).toMatchObject({ type: 'USER', via: 'none' })
    expect(tagged).not.toHaveProperty('namespace')
    expect(tagged?.fields?.uid).toEqual({ host: 0 })
  })
})

describe('a line that is no record', () => {
  it('passes through, marked, in its place', async () => {
    const tagged = await tagLines('', 'hello "you"\t', syscall(1, 300000), '{"a":1}')
    expect(tagged).toMatchObject([
      { error: expect.any(String), raw: '' },
      { error: expect.any(String), raw: 'hello "you"\t' },
      { namespace: 'mail' },
      { error: expect.any(String), raw: '{"a":1}' },
    ])
    expect(tagged[0]).not.toHaveProperty('type')
  })

  it('may be bytes that are no text: they are there as base64', async () => {
    const bytes = Buffer.from([0x61, 0xff, 0x00, 0x22, 0x1b])
    const [tagged] = await tag(containers, bytes)
    expect(tagged?.raw).toBe('a\ufffd\0"\x1b')
    expect(Buffer.from(tagged?.rawBase64 ?? '', 'base64')).toEqual(bytes)
  })
})
