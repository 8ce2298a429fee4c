/** What options become once they are checked and every default is filled in: the plan's only source. */

import type { Stream } from 'node:stream'
import type { IdMap } from '../ids/index.js'
import type { NamespaceType } from '../tables/namespaces.js'

export type MapChoice = IdMap | 'root' | 'self' | 'subids'

export type Join =
  | { readonly fd: number; readonly type: NamespaceType }
  | { readonly pid: number; readonly types: readonly NamespaceType[] }

/** What a plan needs to know of namespaces and ids. */
export interface NamespaceSettings {
  readonly unshare: ReadonlySet<NamespaceType>
  readonly join: readonly Join[]
  readonly uidMap: MapChoice
  readonly gidMap: MapChoice
  readonly setgroups: 'allow' | 'deny' | undefined
  readonly hostname: string | undefined
  readonly domainname: string | undefined
  readonly timeOffsets: { readonly monotonic: number; readonly boottime: number } | undefined
  readonly uid: number | undefined
  readonly gid: number | undefined
  readonly groups: readonly number[] | undefined
  readonly proc: boolean
  readonly loopback: boolean
  readonly init: boolean
  readonly dieWithParent: boolean
}

export interface CommandSettings {
  readonly file: string
  /** argv, its first entry included. */
  readonly argv: readonly string[]
  readonly cwd: string | undefined
  /** undefined: this process's own. */
  readonly env: NodeJS.ProcessEnv | undefined
  readonly detached: boolean
}

export type StdioSpec =
  | 'pipe'
  | 'ignore'
  | { readonly fd: number }
  | { readonly stream: Stream; readonly fd: number }

export interface ProcessSettings {
  readonly stdio: readonly StdioSpec[]
  readonly fds: ReadonlyArray<readonly [target: number, source: number]>
  readonly signal: AbortSignal | undefined
  readonly timeout: number
  readonly killSignal: number
  readonly name: string | undefined
}

export interface Settings {
  readonly namespaces: NamespaceSettings
  readonly command: CommandSettings
  readonly process: ProcessSettings
}
