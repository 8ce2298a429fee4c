/** The tests of one kernel: its rows are gone through in one go, then each answer is compared. */

import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProbeDenial } from '../../lib/probe/types'
import { makePlace, type Place } from './place'
import type { Answer, Attempt, Denied, Kernel, Row } from './row'
import { allRows } from './rows'

/** Of a guest with all its rows: on a machine with nothing else to do it takes a tenth. */
const LIMIT_MS = 900_000
const ID = 12_345

export function testKernel(kernel: Kernel): void {
  const place = makePlace()
  const rows = allRows(place).filter(({ on }) => on.includes(kernel))
  const answers = new Map<string, Answer>()
  let said = ''

  beforeAll(async () => {
    said = await goThrough(kernel, place, rows)
    for (const line of said.split('\n').filter((each) => each.startsWith('{'))) {
      const answer = JSON.parse(line) as Answer
      answers.set(answer.name, answer)
    }
  }, LIMIT_MS + 30_000)
  afterAll(() => place.remove())

  describe.each(rows.map((row) => [row.name, row] as const))(`${kernel}: %s`, (name, row) => {
    const answer = () => {
      const found = answers.get(name)
      if (found === undefined) throw new Error(`no answer:\n${said.slice(-4000)}`)
      if (found.failure !== undefined) throw new Error(found.failure)
      return found
    }
    test('what the probe says is what spawn meets', () => {
      const { before, after } = answer()
      for (const each of [before, after]) if (each !== undefined) expectAgreement(each)
    })
    if (row.expected === 'granted') {
      test('is granted', () => expect(answer().before!.probe).toMatchObject({ ok: true }))
    } else {
      testDenial(row.expected, answer)
    }
    const { bwrap } = row
    if (bwrap !== undefined) {
      test(`bwrap is ${bwrap === 'granted' ? bwrap : `denied at ${bwrap.step}`}`, () => {
        const wanted = bwrap === 'granted' ? { ok: true } : { ok: false, ...bwrap }
        expect(answer().before!.bwrap).toMatchObject(wanted)
      })
    }
  })
}

function testDenial(expected: Denied, answer: () => Answer): void {
  const denial = () => answer().before!.probe as ProbeDenial
  test(`is denied at ${expected.step} with ${expected.code}, by ${expected.cause}`, () => {
    const { step, code, cause, confidence } = expected
    expect(denial()).toMatchObject({ ok: false, step, code, cause, confidence })
    expect(denial().evidence).not.toEqual([])
  })
  const { scope, title, tried } = expected.remedy
  test(`the first remedy ${tried === 'applied' ? 'works' : 'is the right one'}`, () => {
    const [first] = denial().remedies
    expect(first).toMatchObject({ ...(scope && { scope }), title: expect.stringMatching(title) as string })
    if (tried !== undefined) expect(answer().after!.probe).toMatchObject({ ok: true })
  })
}

function expectAgreement({ probe, spawn: tried }: Attempt): void {
  // All of both: the one that is wrong is told by it.
  expect({ probe, tried, ok: probe.ok }).toEqual({ probe, tried, ok: tried.ok })
}

/** All that was said, also in a failure. */
async function goThrough(kernel: Kernel, place: Place, rows: readonly Row[]): Promise<string> {
  const file = join(place.folder, `rows-${kernel}.json`)
  const { main, guestSetup, profiles } = place
  const user = { uid: ID, gid: ID, ...(kernel !== 'this' && { name: 'ordinary' }) }
  const given = rows.map(({ expected, ...row }) => ({
    ...row,
    bwrap: row.bwrap !== undefined,
    ...(expected !== 'granted' && { tried: expected.remedy.tried, title: expected.remedy.title.source }),
  }))
  const job = {
    package: place.package,
    main,
    guestSetup,
    profiles,
    user,
    guest: kernel !== 'this',
    limit: LIMIT_MS,
  }
  writeFileSync(file, JSON.stringify({ ...job, rows: given }))
  // jest does not end what its tests started when it is ended itself.
  const ends = ['--pdeathsig', 'TERM', process.execPath]
  const child = spawn('setpriv', [...ends, join(__dirname, 'answers.mjs'), kernel, file])
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      said += part
    })
  }
  await new Promise((resolve) => child.once('close', resolve))
  return said
}
