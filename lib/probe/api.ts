/** The public functions. What they do is a part of its own: most importers never probe. */

import type {
  DiagnoseOptions,
  HostReport,
  ProbeDenial,
  ProbeOptions,
  ProbeProgramOptions,
  ProbeResult,
} from './types.js'

const part = (): typeof import('./part.js') => require('./part.js')

/**
 * Finds out what this host allows by doing it: creates the namespaces one by one in a child, writes the maps, and
 * uses what it created as a sandbox would (private mounts, a tmpfs as the new root, a fresh /proc, lo up with its
 * address, a hostname). The first step that is refused is the answer. Nothing of it outlives the call, also when
 * it runs out of time. Needs no other program, no writable disk and no network.
 *
 * As root, or with the capabilities, it answers for the namespaces that are asked, with 'user' or without.
 *
 * @throws TypeError or RangeError for a wrong option, before anything runs (probe() rejects). Never for what the
 * host refuses: that is a ProbeDenial.
 * @see user_namespaces(7), unshare(2)
 */
export async function probe(options?: ProbeOptions): Promise<ProbeResult> {
  return part().probe(options)
}

/**
 * As probe(), blocking the thread: about a millisecond.
 *
 * @throws TypeError or RangeError for a wrong option.
 */
export function probeSync(options?: ProbeOptions): ProbeResult {
  return part().probeSync(options)
}

/**
 * Runs another program's smallest sandbox and says what its end means: AppArmor attaches by path, so one program's
 * right is not another's. Knows the words of bubblewrap, unshare, Chromium, podman, crun and runc of all versions
 * in use; its text stays in `reason`. The program runs in a session of its own, of which nothing is left but what this
 * process may not kill: a setuid program that has become root. Where /proc is of another pid namespace, or missing,
 * only its process group is found. Neither is waited for.
 *
 * @param command for instance `['bwrap', '--unshare-user', '--unshare-net', '--ro-bind', '/', '/', '/bin/true']`.
 * @throws TypeError for a wrong argument (rejects). A program that is missing is a ProbeDenial.
 */
export async function probeProgram(
  command: readonly string[],
  options?: ProbeProgramOptions,
): Promise<ProbeResult> {
  return part().probeProgram(command, options)
}

/**
 * The whole report on this host: each namespace alone and with 'user', all of them together in use, the map of
 * subordinate ids, the asked programs' own sandboxes, and what decides about them. Takes tens of milliseconds,
 * and as long as the programs take.
 *
 * `results` has, in this order: 'user'; each other type with 'user'; each other type alone; all types with
 * 'user'; 'user' with subordinate ids; the programs. A type alone is denied to everybody without CAP_SYS_ADMIN:
 * only who means to do without a user namespace needs it.
 *
 * @throws TypeError or RangeError for a wrong option (rejects).
 */
export async function diagnose(options?: DiagnoseOptions): Promise<HostReport> {
  return part().diagnose(options)
}

/**
 * The note that a doctor command prints: what failed, why, what users have seen of it, what to do, and what not.
 * Several lines of text, read top-down.
 *
 * @param options.program who cannot work now, for the headline.
 */
export function formatDenial(denial: ProbeDenial, options?: { program?: string }): string {
  return part().formatDenial(denial, options)
}
