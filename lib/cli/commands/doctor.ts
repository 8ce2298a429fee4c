import { diagnose, probe, probeProgram } from '../../probe/index.js'
import { oneOf, parse, splitAtCommand } from '../arguments.js'
import { type Command, EXIT, UsageError } from '../command.js'
import { withoutRemains } from '../doctor/interrupted.js'
import { NEED_NAMES, type Need, needOf, needOfCommand } from '../doctor/needs.js'
import { type Answer, report, type Verdict, verdictOf, verdictOfAll } from '../doctor/report.js'
import { jsonOption, type OptionTable } from '../option.js'
import { waitOf } from '../start/amounts.js'
import { styleOf } from '../style.js'
import { json } from '../text.js'

const OPTIONS = {
  for: {
    type: 'string',
    multiple: true,
    value: 'NAMES',
    complete: NEED_NAMES,
    list: true,
    help: `whose needs: ${NEED_NAMES.join(', ')}; several with commas or in several options. Default: nskit`,
  },
  offline: {
    type: 'boolean',
    help: 'a sandbox without a network, which needs a network namespace of its own',
  },
  timeout: {
    type: 'string',
    value: 'TIME',
    help: `how long each may take, such as 500ms, 10s or 2m; a number alone is seconds. Default: 5 seconds, of a program 15,
      of a browser 60`,
  },
  json: jsonOption('an object with the answers, and the whole report on this host'),
} as const satisfies OptionTable

const EXITS: Readonly<Record<Verdict, number>> = {
  granted: EXIT.ok,
  denied: EXIT.failure,
  unchecked: EXIT.usage,
}

export const doctor: Command = {
  summary: 'Find out which namespaces this host denies, why, and what to change.',
  usage: ['[--for NAMES] [--offline] [--timeout TIME] [--json] [-- COMMAND [ARGUMENT]...]'],
  description: [
    `Does for real what a sandbox does, and tells the first step that is refused, which policy refuses it, how sure that
    is, and the least that has to change. Nothing of it is left behind.`,
    `COMMAND is another program's smallest sandbox, to see whether it works: security modules go by the path of a
    program, so what one may another may not.`,
  ],
  options: { Options: OPTIONS },
  operands: 'command',
  exits: [
    ['0', 'everything is granted'],
    ['1', 'something is denied'],
    ['2', 'something could not be checked, or the command line is wrong'],
  ],
  examples: [
    { command: 'nskit doctor', does: "What nskit's own sandbox needs" },
    { command: 'nskit doctor --for codex --offline', does: 'What another program needs' },
    {
      command: 'nskit doctor -- bwrap --unshare-all --ro-bind / / true',
      does: 'Whether this very sandbox works',
    },
  ],
  async run(args, { stdout }) {
    const [own, command] = splitAtCommand(args, OPTIONS)
    const { values } = parse(own, OPTIONS)
    const timeout = values.timeout === undefined ? undefined : waitOf('--timeout', values.timeout, 1)
    const asked = needs(values, command)
    const { answers, host } = await withoutRemains(() => examine(asked, timeout))
    const verdict = verdictOfAll(answers)
    stdout.write(
      values.json
        ? json({
            verdict,
            answers: answers.map((each) => ({ ...each, verdict: verdictOf(each.result) })),
            host,
          })
        : report(answers, host, styleOf(stdout)),
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

async function examine(needs: readonly Need[], timeout: number | undefined) {
  const answers: Answer[] = []
  for (const need of needs) answers.push(await answer(need, timeout))
  return { answers, host: process.platform === 'linux' ? await diagnose() : undefined }
}

async function answer({ of, trial }: Need, timeout: number | undefined): Promise<Answer> {
  const result =
    'namespaces' in trial
      ? await probe({ ...trial, timeout })
      : await probeProgram(trial.command, { timeout: timeout ?? trial.timeout })
  return { for: of, result }
}
