import { readFileSync } from 'node:fs'
import { release } from 'node:os'
import { diagnose, probeSync } from '../../lib/index'
import { NAMESPACE_TYPES, type NamespaceType } from '../../lib/tables/namespaces'
import { expectNothingLeft } from '../support/leftovers'
import { mode } from '../support/modes'
import { describeWith } from '../support/needs'

const OTHERS = NAMESPACE_TYPES.filter((type) => type !== 'user')

describeWith('userns', 'the whole report', () => {
  let report: Awaited<ReturnType<typeof diagnose>>
  beforeAll(async () => {
    report = await diagnose({ programs: [['true'], ['/nonexistent/program']] })
  })

  it('asks each namespace with and without a user namespace, then all, then the programs', () => {
    const asked: NamespaceType[][] = [
      ['user'],
      ...OTHERS.map((type): NamespaceType[] => ['user', type]),
      ...OTHERS.map((type): NamespaceType[] => [type]),
      [...NAMESPACE_TYPES],
      ['user'],
      ['user'],
      ['user'],
    ]
    expect(report.results.map(({ namespaces }) => namespaces)).toEqual(asked)
    expect(report.results.at(-2)).toMatchObject({ ok: true, command: 'true' })
    expect(report.results.at(-1)).toMatchObject({ ok: false, cause: 'program-missing' })
  })

  it('answers as the probes do', () => {
    const alone = report.results.slice(8, 15).map(({ ok }) => ok)
    expect(alone).toEqual(OTHERS.map((type) => probeSync({ namespaces: [type] }).ok))
  })

  it('shows the host as its files do', () => {
    expect(report.kernel).toBe(release())
    for (const type of NAMESPACE_TYPES) {
      expect(report.limits[type]).toBe(Number(readFileSync(`/proc/sys/user/max_${type}_namespaces`, 'utf8')))
    }
    expect(report.noNewPrivs).toBe(false)
    expect(report.nestingDepth).toBe(mode === 'userns' ? undefined : 0)
    expect(report.helpers.newuidmap).toMatch(/\/newuidmap$/)
  })

  it('has the ranges of /etc/subuid', () => {
    expect(report.subids.uid.length > 0).toBe(mode === 'user')
  })

  it('leaves nothing behind', async () => {
    await expectNothingLeft(() => diagnose())
  })
})

it.each([
  [{ programs: 'bwrap' }, /programs/],
  [{ timeout: -1 }, /timeout/],
  [{ progams: [] }, /did you mean/],
])('%j is refused', async (options, message) => {
  await expect(diagnose(options as never)).rejects.toThrow(message)
})
