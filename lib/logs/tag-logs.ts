import type { Readable, Writable } from 'node:stream'
import { checkObject, invalidValue, typeError } from '../plan/check.js'
import { type LabelSet, labelSet } from './labels.js'
import { LineTagger, type LogTaggerOptions, settingsOf, type TaggerSettings } from './line-tagger.js'
import { Outlet } from './outlet.js'

/** What is needed of a NamespacedProcess; a ChildProcess of node:child_process has it too. */
export interface LogSource {
  /** null where it is no pipe. */
  readonly stdout: Readable | null
  /** null where it is no pipe. */
  readonly stderr: Readable | null
  /** The label `pid`; it may come later than the call, but not later than the first byte. */
  readonly pid?: number | undefined
  /** The label `namespace`, unless `labels` has one. */
  readonly name?: string | undefined
}

const STREAMS = ['stdout', 'stderr'] as const
/** Labels that are not the caller's to give. */
const OWN = ['stream', 'pid'] as const

export async function tagLogs(
  child: LogSource,
  destination: Writable,
  labels: Record<string, unknown> = {},
  options?: LogTaggerOptions,
): Promise<void> {
  const settings = settingsOf(options)
  const labelsOf = labelling(child, labels)
  const sources = STREAMS.flatMap((name) => {
    const stream = child[name]
    return stream === null ? [] : [{ stream, labels: () => labelsOf(name) }]
  })
  if (sources.length === 0) throw typeError('child', "a process whose stdout or stderr is a 'pipe'", child)
  if (typeof destination?.write !== 'function') throw typeError('destination', 'a Writable', destination)
  await copyAll(sources, destination, settings)
}

interface Source {
  readonly stream: Readable
  /** The pid among them is known once the command runs, and so when its first byte is here. */
  readonly labels: () => LabelSet
}

/** Throws for wrong labels, before anything is read. */
function labelling(
  child: LogSource,
  labels: Record<string, unknown>,
): (stream: 'stdout' | 'stderr') => LabelSet {
  const given = checkObject('labels', labels)
  for (const name of OWN)
    if (given[name] !== undefined) throw invalidValue(`labels.${name}`, 'left out: it is set', given[name])
  const namespace = given.namespace ?? child.name
  if (namespace === undefined)
    throw typeError('labels.namespace', 'set where the child has no name', namespace)
  const { namespace: _, ...others } = given
  const labelsOf = (stream: 'stdout' | 'stderr') =>
    labelSet({ namespace: namespace as string, stream, pid: child.pid, ...others })
  for (const stream of STREAMS) labelsOf(stream)
  return labelsOf
}

async function copyAll(
  sources: readonly Source[],
  destination: Writable,
  settings: TaggerSettings,
): Promise<void> {
  let failure: Error | undefined
  const stop = (error: Error) => {
    failure = error
    // A writer that nobody reads would be blocked for good; so it gets EPIPE, as in a shell's pipeline.
    for (const { stream } of sources) stream.destroy()
  }
  const outlet = Outlet.open(destination, stop)
  try {
    const ends = await Promise.allSettled(sources.map((source) => copy(source, outlet, settings)))
    if (failure !== undefined) throw failure
    for (const end of ends) if (end.status === 'rejected') throw end.reason
  } finally {
    outlet.release(stop)
  }
}

/** One piece at a time: the next is read when the destination has taken this one. */
async function copy({ stream, labels }: Source, outlet: Outlet, settings: TaggerSettings): Promise<void> {
  let tagger: LineTagger | undefined
  try {
    for await (const chunk of stream as AsyncIterable<Buffer | string>) {
      tagger ??= new LineTagger(labels(), settings)
      await send(tagger.feed(typeof chunk === 'string' ? Buffer.from(chunk) : chunk), outlet)
    }
  } catch (error) {
    // Destroyed without an error, as when the child is disposed of: no more of it comes.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
  if (tagger !== undefined) await send(tagger.end(), outlet)
}

async function send(output: Buffer, outlet: Outlet): Promise<void> {
  if (output.length > 0) await outlet.write(output)
}
