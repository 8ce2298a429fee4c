import { diagnose, probe, probeProgram } from '../../probe/index.js'
import { oneOf, parse, splitAtCommand } from '../arguments.js'
import { type Command, EXIT, UsageError } from '../command.js'
import { NEED_NAMES, type Need, needOf, needOfCommand } from '../doctor/needs.js'
import { type Answer, report, type Verdict, verdictOf, verdictOfAll } from '../doctor/report.js'
import { json } from '../text.js'

const OPTIONS = {
  for: { type: 'string', multiple: true },
  offline: { type: 'boolean' },
  json: { type: 'boolean' },
} as const

const EXITS: Readonly<Record<Verdict, number>> = {
  granted: EXIT.ok,
  denied: EXIT.failure,
  unchecked: EXIT.usage,
}

export const doctor: Command = {
  summary: 'Find out which namespaces this host denies, why, and what to change.',
  help: `Usage: nskit doctor [--for NAME] [--offline] [--json] [-- COMMAND [ARG]…]

Does for real what a sandbox does, and tells the first step that is refused, which policy refuses it, how sure that
is, and the least that has to change. Nothing of it is left behind.

      --for NAME  whose needs: ${NEED_NAMES.join(', ')};
                  several with commas or in several options. Default: nskit
      --offline   a sandbox without a network, which needs a network namespace of its own
      --json      the answers, and the whole report on this host
  COMMAND         another program's smallest sandbox, to see whether it works: security modules go by the path of a
                  program, so what one may another may not

Exit codes: 0 everything is granted, 1 something is denied, 2 something could not be checked.

Examples:
  nskit doctor
  nskit doctor --for codex --offline
  nskit doctor -- bwrap --unshare-all --ro-bind / / true
`,
  async run(args, { stdout }) {
    const [own, command] = splitAtCommand(args, OPTIONS)
    const { values } = parse(own, OPTIONS)
    const answers: Answer[] = []
    for (const need of needs(values, command)) answers.push(await answer(need))
    const host = process.platform === 'linux' ? await diagnose() : undefined
    const verdict = verdictOfAll(answers)
    stdout.write(
      values.json
        ? json({
            verdict,
            answers: answers.map((each) => ({ ...each, verdict: verdictOf(each.result) })),
            host,
          })
        : report(answers, host),
    )
    return EXITS[verdict]
  },
}

function needs(values: { for?: string[]; offline?: boolean }, command: readonly string[]): Need[] {
  const names = (values.for ?? []).flatMap((each) => each.split(','))
  if (command.length > 0 && command[0] === '') throw new UsageError('COMMAND is empty')
  const asked = names.map((name) => needOf(oneOf('--for', name, NEED_NAMES), values.offline ?? false))
  if (command.length > 0) return [...asked, needOfCommand(command)]
  return asked.length > 0 ? asked : [needOf('nskit', values.offline ?? false)]
}

async function answer({ of, trial }: Need): Promise<Answer> {
  const result =
    'namespaces' in trial ? await probe(trial) : await probeProgram(trial.command, { timeout: trial.timeout })
  return { for: of, result }
}
