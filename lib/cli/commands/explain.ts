import { formatOciSpec, toOciSpec } from '../../oci/api.js'
import type { OciRefusalError } from '../../oci/refusals.js'
import { type ExplainedStep, explain as explainSteps } from '../../plan/explain.js'
import { parse, splitAtCommand } from '../arguments.js'
import { type Command, EXIT, USAGE_EXIT, UsageError } from '../command.js'
import { jsonOption, type OptionTable } from '../option.js'
import { isRefusal } from '../start/bundle.js'
import { START_GROUPS, START_OPTIONS, type Start, startOf } from '../start/options.js'
import { inWordsOf, wordingOf } from '../start/wording.js'
import { json, list } from '../text.js'

const OPTIONS = {
  json: jsonOption('an array of objects with step and detail'),
  oci: {
    type: 'boolean',
    help: `instead of the steps the config.json of an OCI bundle, for runc, crun and containerd, which gives the same
      isolation`,
  },
} as const satisfies OptionTable
const ALL = { ...OPTIONS, ...START_OPTIONS } as const

export const explain: Command = {
  summary: 'Show the steps of a `nskit run`, without running it.',
  usage: ['[--json|--oci] [OPTION]... [--] COMMAND [ARGUMENT]...'],
  description: [
    `Shows what nskit run would do with the same options, step by step: the names are those of errors. Nothing is started,
    and no mount made; files that an option names are read, and namespaces opened.`,
  ],
  options: { Options: OPTIONS, ...START_GROUPS },
  operands: 'command',
  exits: [['0', 'done'], ['1', 'a file or a process that an option names is not there'], USAGE_EXIT],
  examples: [
    {
      command: 'nskit explain -u user,mnt --root-readonly --tmpfs /tmp -- npm test',
      does: 'How the view of files is made',
    },
    {
      command: 'nskit explain --oci -u user,pid,mnt,net -- npm test > config.json',
      does: 'The same for an OCI runtime',
    },
    {
      command: `nskit explain --json -u user -- true | jq -r '.[].step'`,
      does: 'The steps alone',
    },
  ],
  run(args, { stdout }) {
    const [own, words] = splitAtCommand(args, ALL)
    const { values, given } = parse(own, ALL)
    if (values.json && values.oci) throw new UsageError('--json and --oci exclude each other')
    using line = startOf(given, words)
    stdout.write(values.oci ? config(line) : values.json ? json(steps(line)) : list(steps(line).map(entry)))
    return EXIT.ok
  },
}

function steps({ command: [command, ...args], options, mounts }: Start): ExplainedStep[] {
  return inWordsOf(mounts, () => explainSteps(command, args, { ...options, stdio: 'inherit' }))
}

const entry = ({ step, detail }: ExplainedStep) => [step, detail] as const

function config({ command: [command, ...args], options, mounts }: Start): string {
  return inWordsOf(mounts, () => {
    try {
      return formatOciSpec(toOciSpec(command, args, { ...options, stdio: 'inherit' }))
    } catch (error) {
      throw isRefusal(error) ? new UsageError(refusalOf(error, mounts)) : error
    }
  })
}

function refusalOf({ refused }: OciRefusalError, mounts: Start['mounts']): string {
  return `--oci: ${refused.map(({ path, reason }) => wordingOf(`${path}: ${reason}`, mounts)).join('; ')}`
}
