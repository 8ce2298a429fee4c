import { appendFileSync } from 'node:fs'
import { mode } from './modes.js'
import { NEEDS, type Need } from './need-table.js'

export type { Need } from './need-table.js'

type Body = () => void
type TestBody = jest.ProvidesCallback

/** Why a need is not met here: undefined when it is. Each is tried once a test file. */
const answers = new Map<Need, string | undefined>()

function unmet(need: Need): string | undefined {
  if (!answers.has(need)) answers.set(need, NEEDS[need].check())
  return answers.get(need)
}

/** describe(), registered only where all of `needs` are met. See `admit` for what an unmet one means. */
export function describeWith(needs: Need | readonly Need[], name: string, body: Body): void {
  if (admit(needs, name)) describe(name, body)
}

/** it(), registered only where all of `needs` are met. */
export function itWith(needs: Need | readonly Need[], name: string, body: TestBody, timeout?: number): void {
  if (admit(needs, name)) it(name, body, timeout)
}

/**
 * Impossible in this mode: the test is listed as not applicable. Otherwise the host lacks something:
 * the test is listed as not run, and in CI, where everything must run, it fails.
 */
function admit(needs: Need | readonly Need[], name: string): boolean {
  for (const need of [needs].flat() as Need[]) {
    const { impossibleIn } = NEEDS[need]
    if ((impossibleIn as readonly string[]).includes(mode)) {
      note('inapplicable', need, `impossible in ${mode} mode`, name)
      return false
    }
    const reason = unmet(need)
    if (reason === undefined) continue
    note('missing', need, reason, name)
    if (process.env.CI) failing(`${name}: needs ${need}`, reason)
    return false
  }
  return true
}

function failing(name: string, reason: string): void {
  it(name, () => {
    throw new Error(reason)
  })
}

/** For the run's summary; without a run, as when jest is started by hand, on the terminal. */
function note(kind: 'inapplicable' | 'missing', need: Need, reason: string, name: string): void {
  const file = process.env.NSKIT_TEST_NOTES
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ mode, kind, need, reason, name })}\n`)
  else process.stderr.write(`not run: ${name}: needs ${need}: ${reason}\n`)
}
