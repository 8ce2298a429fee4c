import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { mode } from '../support/modes'
import { describeWith } from '../support/needs'

interface Sight {
  uid: string
  owner: string
}
interface Row {
  case: string
  refused?: string
  inside?: Sight
  host?: Sight
}

const ROOT = join(__dirname, '../..')

async function demo(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['examples/demo.mjs', ...args], {
    cwd: ROOT,
  })
  return stdout
}

const uid = process.geteuid?.() ?? -1
const gid = process.getegid?.() ?? -1

function sight(user: number, group: number): Sight {
  return { uid: `${user} ${user} ${user} ${user}`, owner: `${user}:${group}` }
}

const ROOT_INSIDE = sight(0, 0)
const CALLER = sight(uid, gid)
const FIRST_OF_RANGE = sight(100_000, 100_000)

describeWith('userns', 'the demo', () => {
  let rows: Row[]
  beforeAll(async () => {
    rows = (JSON.parse(await demo('--json')) as { rows: Row[] }).rows
  })

  it('has its three cases in order', () => {
    expect(rows.map((row) => row.case)).toEqual([
      'no user namespace',
      'own id mapped to 0',
      '0-65535 mapped to 100000-165535',
    ])
  })

  it('without a user namespace both sides see the same ids', () => {
    expect(rows[0]).toMatchObject({ inside: CALLER, host: CALLER })
  })

  it('with the own id mapped the program sees 0, the host the own id', () => {
    expect(rows[1]).toMatchObject({ inside: ROOT_INSIDE, host: CALLER })
  })

  if (mode === 'root') {
    it('with a range mapped the program sees 0, the host the first id of the range', () => {
      expect(rows[2]).toMatchObject({ inside: ROOT_INSIDE, host: FIRST_OF_RANGE })
    })
  } else if (mode === 'userns') {
    it('a range that this user namespace does not have is refused', () => {
      expect(rows[2]?.refused).toMatch(/^write-uid-map: EPERM/)
    })
  } else {
    it('an ordinary user is refused the range, unless it is granted in /etc/subuid', () => {
      const row = rows[2]
      if (row?.refused === undefined) expect(row).toMatchObject({ inside: ROOT_INSIDE, host: FIRST_OF_RANGE })
      else expect(row.refused).toMatch(/^write-[ug]id-map: (EPERM|ENOENT)$/)
    })
  }

  it('prints the same figures as a table', async () => {
    const table = await demo()
    for (const row of rows) {
      const line = table.split('\n').find((each) => each.startsWith(row.case)) ?? ''
      const figures =
        row.refused === undefined
          ? [row.inside?.uid, row.host?.uid, row.inside?.owner, row.host?.owner]
          : [`not possible here (${row.refused})`]
      expect(line.slice(row.case.length).trim().split(/ {2,}/)).toEqual(figures)
    }
  })
})
