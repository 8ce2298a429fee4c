/** What the types of `stdin`, `stdout` and `stderr` follow from. */

import type { Readable, Writable } from 'node:stream'
import type { NamespacedProcess } from './namespaced-process.js'
import type { StdioOptions } from './options.js'

/** What `stdio` says of a descriptor. A list that is too short leaves the rest to the default. */
type EntryAt<S, Descriptor extends '0' | '1' | '2'> = S extends readonly unknown[]
  ? Descriptor extends keyof S
    ? S[Descriptor]
    : number extends S['length']
      ? S[number] | undefined
      : undefined
  : S

/** A stream where it is a pipe, null where it is something else, either where it may be both. */
type Piped<Entry, Stream> = Entry extends 'pipe' | null | undefined ? Stream : null

/** All three are pipes: the default. */
export type PipedProcess = NamespacedProcess<Writable, Readable, Readable>

/** A process that was started with this `stdio`: its streams are null where that has no 'pipe'. */
export type ProcessByStdio<S extends StdioOptions> = NamespacedProcess<
  Piped<EntryAt<S, '0'>, Writable>,
  Piped<EntryAt<S, '1'>, Readable>,
  Piped<EntryAt<S, '2'>, Readable>
>
