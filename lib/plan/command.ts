/** The last step: what is executed, found as execvp(3) finds it, with which environment. */

import { native } from '../native/binding.js'
import { checkText } from './check.js'
import type { CommandSettings } from './settings.js'
import type { PlanStep } from './steps.js'

/** _PATH_DEFPATH: where execvp(3) looks when the environment has no PATH. */
const DEFAULT_PATH = '/bin:/usr/bin'

export function execStep(command: CommandSettings): Extract<PlanStep, { op: 'Exec' }> {
  const { file, argv, env } = command
  return {
    op: 'Exec',
    // As Node's: PATH is that of the environment the command gets.
    candidates: candidates(file, (env ?? process.env).PATH),
    argv,
    environment: environment(env),
  }
}

/** Every path to try, in order; the stage tries them inside the namespaces, where alone they mean something. */
function candidates(file: string, path: string | undefined): string[] {
  if (file.includes('/')) return [file]
  // An empty entry is the working directory (execvp(3)).
  return (path ?? DEFAULT_PATH)
    .split(':')
    .map((folder) => (folder === '' ? `./${file}` : `${folder}/${file}`))
}

/**
 * undefined: the stage passes on the environment that it got, the process's real one, without a copy. process.env
 * is that one in the main thread alone; in a Worker it is a copy.
 */
function environment(env: NodeJS.ProcessEnv | undefined): string[] | undefined {
  if (env === undefined && isRealEnvironment()) return undefined
  const entries: string[] = []
  const source = env ?? process.env
  // for…in, as child_process: inherited properties count.
  for (const key in source) {
    const value: unknown = source[key]
    if (value !== undefined) entries.push(checkText(`env.${key}`, `${key}=${value}`))
  }
  return entries
}

let known: { env: object; real: boolean } | undefined
/** Somebody may have put a plain object in place of process.env (test runners do). Asked once for each such object. */
function isRealEnvironment(): boolean {
  const { env } = process
  if (known?.env !== env) known = { env, real: native().isMainThread() && isHosts(env) }
  return known.real
}

/**
 * The real one refuses an accessor before anything changes (ERR_INVALID_OBJECT_DEFINE_PROPERTY). An ordinary object
 * takes it, unless it takes nothing any more.
 */
function isHosts(env: object): boolean {
  if (!Object.isExtensible(env)) return false
  const probe = 'NSKIT_ENVIRONMENT_PROBE'
  try {
    Object.defineProperty(env, probe, { get: () => '', configurable: true })
  } catch {
    return true
  }
  Reflect.deleteProperty(env, probe)
  return false
}
