import { parseCall, validate } from '../plan/validate.js'
import { NamespacedProcess } from './namespaced-process.js'
import type { SpawnOptions, StdioOptions } from './options.js'
import type { PipedProcess, ProcessByStdio } from './stdio-types.js'

/**
 * Starts `command` in new and joined namespaces. Returns at once, as child_process.spawn does; 'spawn' or 'error'
 * follows.
 *
 * @throws TypeError or RangeError for a wrong option, before anything runs. What the kernel refuses arrives as
 * 'error' with a `SetupError`, and nothing is left behind.
 * @see namespaces(7), user_namespaces(7), pid_namespaces(7)
 */
export function spawn<const S extends StdioOptions>(
  command: string,
  args: readonly string[] | undefined,
  options: SpawnOptions & { readonly stdio: S },
): ProcessByStdio<S>
export function spawn<const S extends StdioOptions>(
  command: string,
  options: SpawnOptions & { readonly stdio: S },
): ProcessByStdio<S>
export function spawn(
  command: string,
  args?: readonly string[],
  options?: SpawnOptions & { readonly stdio?: 'pipe' | undefined },
): PipedProcess
export function spawn(
  command: string,
  options?: SpawnOptions & { readonly stdio?: 'pipe' | undefined },
): PipedProcess
export function spawn(command: string, options?: SpawnOptions): NamespacedProcess
export function spawn(command: string, args?: readonly string[], options?: SpawnOptions): NamespacedProcess
export function spawn(command: string, second?: unknown, third?: unknown): NamespacedProcess {
  return new NamespacedProcess(validate(parseCall(command, second, third)))
}
