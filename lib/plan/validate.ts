/** Arguments and options become Settings, or throw before anything runs. Pure. */

import { fileURLToPath } from 'node:url'
import type { SpawnOptions } from '../spawn/options.js'
import { signalNumberOf } from '../tables/signals.js'
import {
  checkArray,
  checkBoolean,
  checkInteger,
  checkObject,
  checkText,
  invalidValue,
  rangeError,
  typeError,
} from './check.js'
import { checkNames, SPAWN_OPTIONS } from './option-names.js'
import type { CommandSettings, ProcessSettings, Settings } from './settings.js'
import { checkFds, stdioSpec } from './stdio-spec.js'
import { validateFilesystem } from './validate-filesystem.js'
import { validateNamespaces } from './validate-namespaces.js'
import { validatePrivileges } from './validate-privileges.js'

export interface Call {
  command: string
  args: readonly string[]
  options: SpawnOptions
}

/** spawn(command, args?, options?) and spawn(command, options?). */
export function parseCall(command: unknown, second?: unknown, third?: unknown): Call {
  const file = checkText('command', command)
  if (file === '') throw invalidValue('command', 'a non-empty string', command)
  const hasArgs = Array.isArray(second) || second === undefined || second === null
  if (!hasArgs && third !== undefined) throw typeError('args', 'an array of strings', second)
  const args = hasArgs ? checkArray('args', second ?? []) : []
  const options = (hasArgs ? third : second) ?? {}
  return {
    command: file,
    // As child_process: a number is written out.
    args: args.map((arg, index) => checkText(`args[${index}]`, typeof arg === 'number' ? String(arg) : arg)),
    options: withoutNulls(checkObject('options', options)) as SpawnOptions,
  }
}

/** In child_process null is as if an option were left out. Ours about isolation do not have that. */
const NULLABLE: ReadonlySet<string> = new Set([
  'argv0',
  'cwd',
  'env',
  'stdio',
  'detached',
  'uid',
  'gid',
  'signal',
  'timeout',
  'killSignal',
  'input',
  'maxBuffer',
])

function withoutNulls(options: Record<string, unknown>): Record<string, unknown> {
  const nulls: string[] = []
  // for…in, as checkNames: options are read with those that they inherit.
  for (const name in options) if (options[name] === null && NULLABLE.has(name)) nulls.push(name)
  if (nulls.length === 0) return options
  return Object.assign(Object.create(options), Object.fromEntries(nulls.map((name) => [name, undefined])))
}

export function validate(call: Call, known: ReadonlySet<string> = SPAWN_OPTIONS): Settings {
  const { options } = call
  checkNames(options, known)
  const detached = checkBoolean('detached', options.detached) ?? false
  const namespaces = validateNamespaces(options, detached)
  return {
    namespaces,
    filesystem: validateFilesystem(options, namespaces),
    privileges: validatePrivileges(options),
    command: validateCommand(call, detached),
    process: validateProcess(options),
  }
}

function validateCommand({ command, args, options }: Call, detached: boolean): CommandSettings {
  const argv0 = options.argv0 === undefined ? command : checkText('argv0', options.argv0)
  return {
    file: command,
    argv: [argv0, ...args],
    cwd: options.cwd === undefined ? undefined : directory(options.cwd),
    env: options.env === undefined ? undefined : (checkObject('env', options.env) as NodeJS.ProcessEnv),
    detached,
  }
}

function directory(cwd: unknown): string {
  if (cwd instanceof URL) return fileURLToPath(cwd)
  return checkText('cwd', cwd)
}

function validateProcess(options: SpawnOptions): ProcessSettings {
  const stdio = stdioSpec(options.stdio)
  return {
    stdio,
    fds: checkFds(options.fds, stdio.length),
    signal: abortSignal(options.signal),
    timeout: options.timeout === undefined ? 0 : checkInteger('timeout', options.timeout, 0, 2 ** 31 - 1),
    killSignal: signalNumber('killSignal', options.killSignal ?? 'SIGTERM'),
    name: options.name === undefined ? undefined : checkText('name', options.name),
  }
}

function abortSignal(value: unknown): AbortSignal | undefined {
  if (value === undefined || value === null) return undefined
  // As Node: anything with `aborted` is taken, so that signals of other realms work.
  if (typeof value !== 'object' || !('aborted' in value)) throw typeError('signal', 'an AbortSignal', value)
  return value as AbortSignal
}

/** A signal's name or number, as its number. 0 is allowed where it asks whether the process exists. */
export function signalNumber(name: string, value: unknown, least = 1): number {
  if (typeof value === 'number') return checkInteger(name, value, least, 64)
  if (typeof value !== 'string') throw typeError(name, "a signal's name or number", value)
  const number = signalNumberOf(value)
  if (number === undefined) {
    const error = rangeError(name, 'a known signal', value) as NodeJS.ErrnoException
    error.code = 'ERR_UNKNOWN_SIGNAL'
    throw error
  }
  return number
}
