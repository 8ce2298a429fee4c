/** `nskit --help`: the commands there are. */

import type { Command } from '../command.js'
import { definitions } from './wrap.js'

export function overview(commands: Readonly<Record<string, Command>>, width: number): string {
  const summaries = Object.entries(commands).map(([name, { summary }]) => [name, summary] as const)
  return [
    'Usage: nskit COMMAND [OPTION]...\n   or: nskit --version [--json]\n',
    'Linux namespaces, and the programs and ids in them.\n',
    `Commands:\n${definitions(summaries, width)}`,
    `Exit codes:\n${definitions(EXITS, width)}`,
    `Examples:\n${definitions(EXAMPLES, width)}`,
    "'nskit COMMAND --help' says more of each.\n",
  ].join('\n')
}

const EXITS = [
  ['0', 'done'],
  ['1', 'not found, not mapped, or refused by the kernel'],
  ['2', 'the command line is wrong'],
  ['other', "of 'run' and 'logs': that of the command which they start"],
] as const

const EXAMPLES = [
  ['nskit doctor', 'what this host denies'],
  ['nskit run -u user,net id', 'a command without a network'],
  ['nskit ls', 'the namespaces there are'],
] as const
