/** One host as a test makes it, and what the library has to say of it. */

import type {
  Confidence,
  DenialCause,
  ProbeDenial,
  ProbeOptions,
  ProbeResult,
  Remedy,
} from '../../lib/probe/types'

/** 'this': the kernel that the tests themselves run on. */
export type Kernel = '5.10' | '6.1' | '6.12' | 'this'

export interface Row {
  readonly name: string
  readonly on: readonly Kernel[]
  /** A command that makes the host for the rest of its command line: all that follows is of its root. */
  readonly host?: readonly string[]
  /** sh, as root. Only in a guest, or behind a `host` that keeps it from the machine. */
  readonly setup?: string
  readonly undo?: string
  /** Default: an ordinary user. */
  readonly user?: 'root'
  /** A command, of that user, that the library's caller is started with. */
  readonly through?: readonly string[]
  readonly options: ProbeOptions
  readonly expected: 'granted' | Denied
  /** What probeProgram() says of bwrap there, which does things its own way. */
  readonly bwrap?: 'granted' | Pick<Denied, 'step' | 'code' | 'cause' | 'confidence'>
}

export interface Denied {
  readonly step: ProbeDenial['step']
  readonly code: string
  readonly cause: DenialCause
  readonly confidence: Confidence
  readonly remedy: {
    /** Where it depends on the machine, it is left out. */
    readonly scope?: Remedy['scope']
    readonly title: RegExp
    /**
     * Its commands are run, its file is written; or this is what it says to do instead: then all is granted.
     */
    readonly tried?: 'applied' | Pick<Row, 'through'> | Pick<Row, 'options'>
  }
}

/** What a row answered. */
export interface Answer {
  readonly name: string
  /** The row itself could not be set up. */
  readonly failure?: string
  readonly before?: Attempt
  readonly after?: Attempt
}

export interface Attempt {
  readonly probe: ProbeResult
  readonly bwrap?: ProbeResult
  readonly spawn: {
    readonly ok: boolean
    readonly status: number | null
    readonly signal: NodeJS.Signals | null
    readonly stderr: string
    readonly error?: { step?: string; code?: string; message: string; hint?: string }
  }
}
