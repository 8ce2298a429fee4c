/** The doctor's answers, for people: the verdict first, then why, then what to do. */

import { formatDenial, type HostReport, type ProbeResult } from '../../probe/index.js'
import { isUnchecked } from '../../probe/unchecked.js'
import type { Paint, Style } from '../style.js'
import { list, printable } from '../text.js'
import { deniedBeside } from './beside.js'

export interface Answer {
  /** Whose need it is. */
  readonly for: string
  readonly result: ProbeResult
}

export type Verdict = 'granted' | 'denied' | 'unchecked'

export function verdictOf(result: ProbeResult): Verdict {
  if (result.ok) return 'granted'
  return isUnchecked(result) ? 'unchecked' : 'denied'
}

/** The worst of them: what is denied is known to be. */
export function verdictOfAll(answers: readonly Answer[]): Verdict {
  const verdicts = new Set(answers.map(({ result }) => verdictOf(result)))
  if (verdicts.has('denied')) return 'denied'
  return verdicts.has('unchecked') ? 'unchecked' : 'granted'
}

const HEADLINES: Readonly<Record<Verdict, string>> = {
  granted: 'This host allows everything that was asked for.',
  denied: 'This host denies what is needed.',
  unchecked: 'Not everything could be checked.',
}

export function report(answers: readonly Answer[], host: HostReport | undefined, style: Style): string {
  const denials = answers.flatMap(({ for: whom, result }) => (result.ok ? [] : [{ whom, result }]))
  return [
    `${painted(style, verdictOfAll(answers))(HEADLINES[verdictOfAll(answers)])}\n`,
    list(answers.map(({ for: whom, result }) => [whom, line(result), verdictPainted(style, result)])),
    ...denials.map(({ whom, result }) => lines(formatDenial(result, { program: whom }))),
    ...(host === undefined ? [] : [...besideLines(answers, host), list(hostLines(host))]),
  ].join('\n')
}

function painted(style: Style, verdict: Verdict): Paint {
  return { granted: style.good, denied: style.bad, unchecked: style.doubtful }[verdict]
}

/** The first word of line(). */
function verdictPainted(style: Style, result: ProbeResult): Paint {
  return (text) => text.replace(/^\w+/, painted(style, verdictOf(result)))
}

function line(result: ProbeResult): string {
  const verdict = verdictOf(result)
  const why = result.ok ? '' : ` (${result.cause})`
  return `${verdict}${why}: ${result.command}`
}

function besideLines(answers: readonly Answer[], host: HostReport): string[] {
  const denied = deniedBeside(answers, host).map(({ kind, cause }) => {
    const why = kind === 'net' ? '; --offline says why' : ''
    return `${kind} (${cause}${why})`
  })
  return denied.length === 0 ? [] : [`Not asked for, and denied as well: ${denied.join(', ')}\n`]
}

/** What programs have said may hold what would move the cursor. */
function lines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}

function hostLines(host: HostReport): Array<[string, string | undefined]> {
  const { uid, gid } = host.subids
  const count = (ranges: typeof uid): number => ranges.reduce((sum, { size }) => sum + size, 0)
  return [
    ['kernel', host.kernel],
    ['security modules', host.lsm.length === 0 ? undefined : host.lsm.join(', ')],
    ['confined by', host.confinement],
    ['seccomp', host.seccomp],
    ['no_new_privs', host.noNewPrivs ? 'yes' : 'no'],
    ['subordinate ids', `${count(uid)} uids, ${count(gid)} gids`],
    ['newuidmap', host.helpers.newuidmap ?? 'not installed'],
    ['newgidmap', host.helpers.newgidmap ?? 'not installed'],
  ]
}
