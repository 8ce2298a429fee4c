/** What some well-known programs need of a host, as the smallest thing of theirs that can be tried. */

import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { NamespaceType } from '../../tables/namespaces.js'

/** Tried by a probe of this process, or by running another program. */
export type Trial =
  | { readonly namespaces: readonly NamespaceType[] }
  | { readonly command: readonly string[]; readonly timeout: number }

export interface Need {
  /** Whose need it is: a name of NEEDS, or the caller's own command. */
  readonly of: string
  readonly trial: Trial
}

/** `offline`: a sandbox without egress has a network namespace of its own. */
type TrialOf = (offline: boolean) => Trial

const MINUTE = 60_000
const PROGRAM_TIMEOUT = 15_000

export const NEEDS = {
  nskit: (offline) => ({
    namespaces: ['user', 'mnt', 'uts', 'ipc', 'cgroup', ...(offline ? (['net'] as const) : []), 'pid'],
  }),
  /** As codex starts it: without a network in any case. */
  codex: () => program(['bwrap', '--unshare-user', '--unshare-net', '--ro-bind', '/', '/', '/bin/true']),
  bwrap: (offline) =>
    program([
      'bwrap',
      '--unshare-user',
      ...(offline ? ['--unshare-net'] : []),
      '--ro-bind',
      '/',
      '/',
      'true',
    ]),
  chromium: () => ({
    // Its start alone takes seconds on a slow machine.
    timeout: MINUTE,
    command: [installed(CHROMIUM), '--headless', '--disable-gpu', '--dump-dom', 'about:blank'],
  }),
  podman: () => program(['podman', 'unshare', 'true']),
} as const satisfies Readonly<Record<string, TrialOf>>
export type NeedName = keyof typeof NEEDS
export const NEED_NAMES = Object.keys(NEEDS) as NeedName[]

export function needOf(name: NeedName, offline: boolean): Need {
  return { of: name, trial: NEEDS[name](offline) }
}

export function needOfCommand(command: readonly string[]): Need {
  return { of: command[0] ?? '', trial: program(command) }
}

function program(command: readonly string[]): Trial {
  return { command, timeout: PROGRAM_TIMEOUT }
}

const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'] as const

/** The first that PATH has; the first name where it has none, which then is what is missing. */
function installed(names: readonly [string, ...string[]]): string {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const isThere = (name: string): boolean =>
    folders.some((folder) => {
      try {
        accessSync(join(folder, name), constants.X_OK)
        return true
      } catch {
        return false
      }
    })
  return names.find(isThere) ?? names[0]
}
