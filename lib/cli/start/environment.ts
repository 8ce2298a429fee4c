/** Options about the process that the command is. */

import { constants } from 'node:os'
import { signalNumberOf } from '../../tables/signals.js'
import type { Given } from '../arguments.js'
import { UsageError } from '../command.js'
import type { OptionTable } from '../option.js'
import { integerOf, waitOf } from './amounts.js'
import { last, type Readers } from './reader.js'

export const ENVIRONMENT_OPTIONS = {
  env: {
    elsewhere: ['setenv'],
    type: 'string',
    multiple: true,
    value: 'NAME=VALUE',
    help: 'sets a variable',
  },
  'unset-env': {
    elsewhere: ['unsetenv'],
    type: 'string',
    multiple: true,
    value: 'NAME',
    help: 'takes it away',
  },
  'clear-env': {
    elsewhere: ['clearenv'],
    type: 'boolean',
    multiple: true,
    help: 'takes away all, but for --env behind it',
  },
} as const satisfies OptionTable

export const PROCESS_OPTIONS = {
  chdir: {
    elsewhere: ['cwd', 'wd', 'wdns', 'workdir', 'directory'],
    type: 'string',
    value: 'DIR',
    complete: 'directory',
    help: 'working directory, inside. Default: yours; / in another --root that does not have it',
  },
  argv0: { type: 'string', value: 'NAME', help: 'what the command is told that it is called' },
  fd: {
    type: 'string',
    multiple: true,
    value: 'FD[=YOURS]',
    help: 'a descriptor for the command beside 0, 1 and 2; no other reaches it',
  },
  'new-session': {
    type: 'boolean',
    help: 'setsid(2): without the terminal, so that it cannot be typed into; its signals are passed on',
  },
  'no-die-with-parent': { type: 'boolean', help: 'the command outlives a nskit that is killed' },
  timeout: { type: 'string', value: 'TIME', help: 'ends the command after 10, 1.5s, 2m or 1h' },
  'kill-signal': {
    type: 'string',
    value: 'SIGNAL',
    complete: Object.keys(constants.signals),
    help: 'what --timeout sends. Default: SIGTERM',
  },
} as const satisfies OptionTable

export const PROCESS_READERS: Readers<typeof PROCESS_OPTIONS> = {
  chdir: (draft, values) => {
    draft.cwd = last(values)
  },
  argv0: (draft, values) => {
    draft.argv0 = last(values)
  },
  fd: (draft, values, flag) => {
    draft.fds = Object.fromEntries(values.map((value) => descriptorOf(flag, value)))
  },
  'new-session': (draft) => {
    draft.detached = true
    // It is nskit that stays in the terminal: what ends that must end the command.
    draft.dieWithParent ??= true
  },
  'no-die-with-parent': (draft) => {
    draft.dieWithParent = false
  },
  timeout: (draft, values, flag) => {
    draft.timeout = waitOf(flag, last(values), 0)
  },
  'kill-signal': (draft, values, flag) => {
    draft.killSignal = signalOf(flag, last(values))
  },
}

/** The variables, in the order of the options; undefined where no option is about them. */
export function environmentOf(
  given: readonly Given[],
  inherited: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv | undefined {
  if (!given.some(({ name }) => Object.hasOwn(ENVIRONMENT_OPTIONS, name))) return undefined
  // Without a prototype '__proto__' is a name like any other.
  let env: NodeJS.ProcessEnv = Object.assign(Object.create(null), inherited)
  for (const { name, value = '' } of given) {
    if (name === 'clear-env') env = Object.create(null) as NodeJS.ProcessEnv
    else if (name === 'unset-env') delete env[variable('--unset-env', value)]
    else if (name === 'env') {
      const at = value.indexOf('=')
      if (at < 1) throw new UsageError(`--env: '${value}' is not NAME=VALUE`)
      env[value.slice(0, at)] = value.slice(at + 1)
    }
  }
  return env
}

function variable(flag: string, name: string): string {
  if (name === '' || name.includes('=')) throw new UsageError(`${flag}: '${name}' is no name of a variable`)
  return name
}

function descriptorOf(flag: string, text: string): [child: number, own: number] {
  const [child = '', own = child, ...rest] = text.split('=')
  if (rest.length > 0) throw new UsageError(`${flag}: '${text}' is not FD[=YOURS]`)
  return [integerOf(flag, child), integerOf(flag, own)]
}

/** "TERM", "SIGTERM", "RTMIN+1" or a number, as of kill(1). */
function signalOf(flag: string, text: string): number {
  if (/^[0-9]+$/.test(text)) return integerOf(flag, text)
  const number = signalNumberOf(`SIG${text.toUpperCase().replace(/^SIG/, '')}`)
  if (number === undefined) throw new UsageError(`${flag}: '${text}' is no signal such as TERM or 15`)
  return number
}
