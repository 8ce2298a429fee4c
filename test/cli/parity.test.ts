import { spawnSync } from 'node:child_process'
import { readSubIds } from '../../lib/index'
import { describeWith, itWith, type Need } from '../support/needs'
import { longOptionsOf, type Place, place, type Row, rowsOf } from './parity'

const ROWS = rowsOf('docs/shell.md')
const PEERS = ['unshare', 'bwrap', 'nsenter'] as const

/** What a row needs beside user namespaces. */
const NEEDS: Readonly<Record<string, readonly Need[]>> = {
  'unshare: `--map-auto`': ['subids'],
  'unshare: `--map-users`, `--map-groups`': ['subids'],
  'unshare: `-S`, `--setuid`': ['subids'],
  'unshare: `-G`, `--setgid`': ['subids'],
  'bwrap: `--cap-add`': ['root'],
  // It calls setgroups(2), which a map written without privilege denies.
  'nsenter: `-G`, `--setgid`': ['admin'],
}

/** Rows whose lines shall print nothing. */
const SILENT = ['unshare: `--kill-child`', 'bwrap: `--unsetenv`', 'bwrap: `--die-with-parent`']

const nameOf = ({ section, options }: Row) => `${section}: ${options}`

function needsOf(row: Row): Need[] {
  const { theirs = '' } = row
  const programs = (['bwrap', 'ip'] as const).filter((name) => new RegExp(`\\b${name} `).test(theirs))
  return ['userns', ...programs, ...(NEEDS[nameOf(row)] ?? [])]
}

describe('docs/shell.md', () => {
  test.each(PEERS)('has every option of %s --help', (peer) => {
    const { stdout } = spawnSync(peer, ['--help'], { encoding: 'utf8' })
    const told = ROWS.filter(({ section }) => section === peer).map(({ options }) => options)
    const options = longOptionsOf(stdout)
    expect(options.length).toBeGreaterThan(15)
    expect(options.filter((option) => !told.some((cell) => cell.includes(`\`${option}\``)))).toEqual([])
  })

  test('says of an option without a counterpart why there is none', () => {
    for (const { theirs, ours } of ROWS) if (theirs === undefined) expect(ours).toMatch(/^(Not |`nskit )/)
  })

  test('names in NEEDS and SILENT are rows', () => {
    const names = ROWS.map(nameOf)
    for (const name of [...Object.keys(NEEDS), ...SILENT]) expect(names).toContain(name)
  })
})

describeWith('userns', 'both lines of a row of docs/shell.md print the same', () => {
  let there: Place
  beforeAll(async () => {
    there = await place(subIds())
  })
  afterAll(() => there.close())

  for (const row of ROWS) {
    const { theirs, ours } = row
    if (theirs === undefined) continue
    itWith(
      needsOf(row),
      nameOf(row),
      async () => {
        const [peer, own] = [await there.run(theirs), await there.run(ours)]
        const outcome = ({ status, stdout }: typeof own) => ({ status, stdout })
        expect({ ...outcome(own), refused: refusals(own.stderr, 'nskit') }).toEqual({
          ...outcome(peer),
          refused: refusals(peer.stderr, /\b(unshare|bwrap|nsenter)\b/.exec(theirs)?.[1] ?? ''),
        })
        expect(refusals(own.stderr, 'nskit')).toEqual([])
        expect(own.stdout === '').toBe(SILENT.includes(nameOf(row)))
      },
      120_000,
    )
  }
})

/** What the program said itself: the words of those that it ran begin with their own names. */
function refusals(stderr: string, program: string): string[] {
  return stderr.split('\n').filter((line) => line.startsWith(`${program}: `))
}

/** The first of the caller's subordinate ids; empty where it has none, and no row uses them. */
function subIds(): Record<string, string> {
  const first = (kind: 'uid' | 'gid') => String(readSubIds(kind, process.geteuid?.() ?? 0)[0]?.start ?? '')
  return { SUBUID: first('uid'), SUBGID: first('gid') }
}
