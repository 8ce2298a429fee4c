import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { createAuditTagger } from '../../lib/audit/index.js'
import { ParseError } from '../../lib/errors/parse-error.js'
import { ContainerRegistry } from '../../lib/identity/index.js'
import { date, entry } from '../identity/entries.js'
import { runScript } from '../support/node-script.js'
import { until } from '../support/wait.js'
import { containers, line, syscall } from './records.js'
import { linesIn, type Tagged, tag } from './tag.js'

describe('input', () => {
  it('may lack its last newline, have carriage returns, or nothing at all', async () => {
    const text = `${syscall(1, 300000)}\r\n${line('CWD', 1, 'cwd="/"')}\r`
    const tagged = await tag(containers, text, { raw: true })
    expect(tagged.map(({ fields }) => fields?.comm ?? fields?.cwd)).toEqual(['x', '/'])
    expect(tagged[0]?.raw).toBe(`${syscall(1, 300000)}\r`)
    expect(await tag(containers, '')).toEqual([])
  })

  it('may be cut anywhere, in a character too', async () => {
    const text = `${syscall(1, 300000)} name="ä€😀"\n${line('CWD', 1, 'cwd="/é"')}\n`
    const whole = await tag(containers, text, { raw: true })
    expect(whole[0]?.fields?.name).toBe('ä€😀')
    const bytes = Buffer.from(text)
    const everywhere = Array.from(bytes, (_, at) => at)
    expect(await tag(containers, text, { raw: true, cuts: everywhere })).toEqual(whole)
  })

  it('may have a line of a mebibyte, whole or in pieces', async () => {
    const long = line('PATH', 1, `name=${'41'.repeat(512 * 1024)} uid=300000`)
    const expected = [{ namespace: 'mail', fields: { name: 'A'.repeat(512 * 1024) } }]
    expect(await tag(containers, `${long}\n`)).toMatchObject(expected)
    const cuts = Array.from({ length: 64 }, (_, i) => (i + 1) * 16_000)
    expect(await tag(containers, long, { cuts })).toMatchObject(expected)
  })

  it('may have a line that never ends: it comes out in pieces, marked, and nothing of it stays in memory', async () => {
    const chunk = Buffer.alloc(2 ** 20, 'x')
    const tagger = createAuditTagger(containers)
    let raw = 0
    let text = ''
    tagger.on('data', (part: Buffer) => {
      text += part.toString()
      const lines = text.split('\n')
      text = lines.pop() ?? ''
      for (const one of lines) {
        const piece = JSON.parse(one) as Tagged
        expect(piece.error).toBeDefined()
        raw += piece.raw?.length ?? 0
      }
    })
    for (let i = 0; i < 20; i++) if (!tagger.write(chunk)) await once(tagger, 'drain')
    expect(raw).toBeGreaterThanOrEqual(8 * 2 ** 20)
    tagger.end()
    await finished(tagger)
    expect(raw).toBe(20 * 2 ** 20)
  })
})

it('the rest of a line that came out in pieces is no record, whatever it looks like', async () => {
  const forged = syscall(1, 300000)
  const text = `${'x'.repeat(8 * 2 ** 20)}${forged}\n${forged}\n`
  const [first, rest, own] = await tag(containers, text, { cuts: [8 * 2 ** 20] })
  expect([first, rest]).toMatchObject([
    { error: expect.any(String) },
    { error: expect.any(String), raw: forged },
  ])
  expect(rest).not.toHaveProperty('namespace')
  expect(own).toMatchObject({ namespace: 'mail' })
})

describe('output', () => {
  it('waits for its reader: what is written meanwhile is refused, and nothing is lost', async () => {
    const tagger = createAuditTagger(containers)
    let written = 0
    while (written < 1000 && tagger.write(`${syscall(written, 300000)}\n`.repeat(50))) written++
    expect(written).toBeLessThan(1000)
    const before = tagger.readableLength
    await delay(20)
    expect(tagger.readableLength).toBe(before)
    tagger.end()
    let text = ''
    for await (const part of tagger) text += String(part)
    expect(linesIn(text)).toHaveLength((written + 1) * 50)
  })

  it('comes without an end of input, as soon as the event is known', async () => {
    const tagger = createAuditTagger(containers)
    const got: string[] = []
    tagger.on('data', (part: Buffer) => got.push(...linesIn(part.toString())))
    tagger.write(`${syscall(1, 300000)}\n`)
    await until(() => got.length === 1, 'the first record')
    tagger.write(`${line('AVC', 2, 'avc: denied')}\n`)
    await delay(20)
    expect(got).toHaveLength(1)
    tagger.write(`${syscall(2, 300000)}\n`)
    await until(() => got.length === 3, 'the held record')
    tagger.destroy()
  })

  it('comes at the latest when no more of the event can be expected: by the clock', async () => {
    const tagger = createAuditTagger(containers)
    const got: string[] = []
    tagger.on('data', (part: Buffer) => got.push(...linesIn(part.toString())))
    tagger.write(`${line('AVC', 2, 'avc: denied')}\n`)
    await until(() => got.length === 1, 'the held record')
    expect(JSON.parse(got[0] ?? '')).toMatchObject({ via: 'none' })
    tagger.destroy()
  })

  it('and by a clock that nobody sets back', async () => {
    const tagger = createAuditTagger(containers)
    const got: string[] = []
    tagger.on('data', (part: Buffer) => got.push(...linesIn(part.toString())))
    tagger.write(`${line('AVC', 2, 'avc: denied')}\n`)
    const past = Date.now() - 3_600_000
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => past)
    try {
      tagger.write(`${line('CWD', 2, 'cwd="/"')}\n`)
    } finally {
      clock.mockRestore()
    }
    await until(() => got.length === 2, 'both held records')
    tagger.destroy()
  })

  it('and by the records’ time, and their number', async () => {
    const tagger = createAuditTagger(containers)
    const got: string[] = []
    tagger.on('data', (part: Buffer) => got.push(...linesIn(part.toString())))
    const later = syscall(3, 300000).replace('1000.500', '1002.501')
    tagger.write(`${line('AVC', 2, 'avc: denied')}\n${later}\n`)
    await until(() => got.length === 2, 'both records')
    tagger.write(`${line('AVC', 5, 'avc: denied').replace('1000.500', '1002.501')}\n`)
    tagger.write(`${later}\n`.repeat(5000))
    await until(() => got.length === 5003, 'the record that was held too long')
    tagger.destroy()
  })

  it('goes on with what was known where the registry’s file is torn, and says so once each time', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nskit-tagger-'))
    try {
      const path = join(folder, 'registry.json')
      const registry = ContainerRegistry.open(path)
      registry.add(entry('mail', '0:300000:1000', { from: date(0) }))
      const said: Error[] = []
      const tagger = createAuditTagger(registry, { onRegistryError: (error) => said.push(error) })
      const got: string[] = []
      tagger.on('data', (part: Buffer) => got.push(...linesIn(part.toString())))
      const whole = readFileSync(path, 'utf8')
      let serial = 0
      const owner = async (text: string): Promise<unknown> => {
        writeFileSync(path, text)
        const count = got.length + 1
        tagger.write(`${syscall(++serial, 300000)}\n`)
        await until(() => got.length === count, 'a line')
        return JSON.parse(got[count - 1] ?? '').namespace
      }
      for (const cut of [10, 11, 30]) expect(await owner(whole.slice(0, cut))).toBe('mail')
      expect(await owner(whole.replace('"mail"', '"post"'))).toBe('post')
      const before = said.length
      expect(before).toBeGreaterThan(0)
      expect(await owner('')).toBe('post')
      expect(await owner('')).toBe('post')
      expect(said).toHaveLength(before + 1)
      for (const error of said) expect(error).toBeInstanceOf(ParseError)
      tagger.destroy()
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('warns of it where nobody has asked to be told', async () => {
    const [warning] = await runScript(async ({ nskit, events, say }) => {
      const registry = new nskit.ContainerRegistry()
      registry.refresh = () => {
        throw new Error('torn')
      }
      // Not to print it, too.
      process.removeAllListeners('warning')
      const warned = events.once(process, 'warning')
      nskit.createAuditTagger(registry).end('x\n')
      const [{ code, message }] = await warned
      say({ code, message })
    })
    expect(warning).toEqual({ code: 'NSKIT_REGISTRY', message: expect.stringContaining('torn') })
  })
})

it('a tagger needs a registry, and options of the right kind', () => {
  expect(() => createAuditTagger({} as ContainerRegistry)).toThrow(TypeError)
  expect(() => createAuditTagger(containers, { raw: 1 as unknown as boolean })).toThrow(TypeError)
  expect(() => createAuditTagger(containers, { onRegistryError: 1 as never })).toThrow(TypeError)
})
