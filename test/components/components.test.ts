import { closeSync, mkdtempSync, openSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execFile } from '../../lib/index'
import { mode } from '../support/modes'
import { describeWith } from '../support/needs'
import { type Attempt, HELD, LET } from './attacks'

const DRIVER = join(__dirname, 'driver.mjs')
/** Where the host's root is open in the driver, inheritable: what a launcher that forgets O_CLOEXEC has. */
const LEAK = 5

interface Report {
  results: Attempt[]
  descriptors: { inside: string[]; plain: string[] }
  /** Devices, 'major:minor': those that attacks filled, and those that the host has mounted. */
  filled: string[]
  devices: string[]
  before: object
  after: object
}

/** In a network of its own, so that what the test opens and connects is nobody else's. */
async function runDriver(): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'nskit-components-'))
  const root = openSync('/', 'r')
  try {
    const { stdout } = await execFile(process.execPath, [DRIVER], {
      input: JSON.stringify({ folder, rows: [...HELD, ...LET], leak: LEAK }),
      unshare: mode === 'user' ? ['user', 'net', 'mnt'] : ['net', 'mnt'],
      mounts: [{ type: 'tmpfs', destination: folder, mode: 0o755 }],
      fds: { [LEAK]: root },
      sessionKeyring: 'new',
    })
    return JSON.parse(stdout)
  } finally {
    closeSync(root)
    rmdirSync(folder)
  }
}

describeWith(['userns', 'nft', 'python3'], 'the three components, attacked from inside', () => {
  let report: Report
  beforeAll(async () => {
    report = await runDriver()
  }, 120_000)

  const resultOf = ({ attack, by, off }: Attempt) =>
    report.results.find((each) => each.attack === attack && each.by === by && each.off.join() === off.join())
      ?.result

  it.each(HELD)('$attack, from the $by: $result', (row) => {
    expect(resultOf(row)).toBe(row.result)
  })

  it.each(LET.map((row) => ({ ...row, boundaries: row.off.join(', ') })))(
    '$attack, from the $by, without $boundaries: $result',
    (row) => {
      expect([row.result].flat()).toContain(resultOf(row))
    },
  )

  it('nothing is open in the executor but what node opens itself', () => {
    const { inside, plain } = report.descriptors
    expect(inside).toEqual(plain)
  })

  it('what fills its disk fills none of the host', () => {
    expect(report.filled).not.toEqual([])
    for (const device of report.filled) expect(report.devices).not.toContain(device)
  })

  it('nothing is left: no process, descriptor, mount or link', () => {
    expect(report.after).toEqual(report.before)
  })
})
