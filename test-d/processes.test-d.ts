/** Streams follow `stdio`, outputs follow `encoding`, as child_process's do. */

import type { ChildProcess, ChildProcessWithoutNullStreams } from 'node:child_process'
import type { EventEmitter } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { Duplex, Readable, Writable } from 'node:stream'
import { expectAssignable, expectError, expectNotAssignable, expectType } from 'tsd'
import {
  type ExecFileOptions,
  type ExecFileResult,
  execFile,
  type NamespacedProcess,
  type PipedProcess,
  type ProcessByStdio,
  type SpawnOptions,
  type SpawnSyncResult,
  type StdioEntry,
  spawn,
  spawnSync,
} from '..'

// Pipes are the default.
for (const child of [
  spawn('true'),
  spawn('true', ['x']),
  spawn('true', { cwd: '/' }),
  spawn('true', [], { stdio: 'pipe' }),
  spawn('true', { stdio: undefined, unshare: ['user'] }),
]) {
  expectType<PipedProcess>(child)
  expectType<Writable>(child.stdin)
  expectType<Readable>(child.stdout)
  expectType<Readable>(child.stderr)
}

for (const stdio of ['ignore', 'inherit'] as const) {
  const child = spawn('true', [], { stdio, unshare: ['user'] })
  expectType<null>(child.stdin)
  expectType<null>(child.stdout)
  expectType<null>(child.stderr)
}

const mixed = spawn('true', { stdio: ['ignore', 'pipe', 2] })
expectType<null>(mixed.stdin)
expectType<Readable>(mixed.stdout)
expectType<null>(mixed.stderr)
expectType<ProcessByStdio<readonly ['ignore', 'pipe', 2]>>(mixed)

// What is left out, null and undefined are the default; a stream and a descriptor are none of ours.
const short = spawn('true', [], { stdio: [null, createWriteStream('/dev/null')] })
expectType<Writable>(short.stdin)
expectType<null>(short.stdout)
expectType<Readable>(short.stderr)
expectType<Readable>(spawn('true', [], { stdio: [undefined, undefined, undefined, 'pipe'] }).stdout)

// A list that is made elsewhere, and is declared so.
const constant = { stdio: ['inherit', 'pipe', 'inherit'], detached: true } as const
expectType<Readable>(spawn('true', [], constant).stdout)
expectType<null>(spawn('true', [], { ...constant, cwd: '/' }).stdin)

// What is not known is either.
function start(options: SpawnOptions, entries: StdioEntry[], maybe: { stdio?: 'ignore' }, flag: boolean) {
  for (const child of [spawn('true', [], options), spawn('true', options), spawn('true', maybe)]) {
    expectType<NamespacedProcess>(child)
    expectType<Writable | null>(child.stdin)
    expectType<Readable | null>(child.stdout)
  }
  expectType<Readable | null>(spawn('true', { stdio: entries }).stderr)
  expectType<Readable | null>(spawn('true', { stdio: flag ? 'ignore' : 'pipe' }).stdout)
  expectType<Readable | null>(spawn('true', { stdio: ['ignore', flag ? 'pipe' : 'inherit', 2] }).stdout)
}
expectAssignable<(...all: never[]) => void>(start)

expectError(spawn('true', { stdio: 'pipes' }))
expectError(spawn('true', { stdio: ['pipe', 'ipc'] }))
expectError(spawn('true', { stdio: 'ignore', unshar: ['user'] }))

// It has what a ChildProcess has and is an EventEmitter, but for the IPC channel, which it cannot have, and the type of
// `stdio`, which is not five entries; so it is no ChildProcess by type.
type NoIpc = 'send' | 'connected' | 'disconnect' | 'channel' | 'stdio' | typeof Symbol.dispose
type Members<T> = EventEmitter & Omit<T, NoIpc | keyof EventEmitter>
expectAssignable<Members<ChildProcess>>(mixed)
expectAssignable<Members<ChildProcessWithoutNullStreams>>(spawn('true'))
expectNotAssignable<Pick<ChildProcessWithoutNullStreams, 'stdin'>>(mixed)
expectNotAssignable<ChildProcess>(spawn('true'))
expectAssignable<ReadonlyArray<Duplex | null>>(mixed.stdio)

// By encoding: Node's overloads.
expectType<SpawnSyncResult<Buffer>>(spawnSync('true'))
expectType<SpawnSyncResult<Buffer>>(spawnSync('true', ['x'], { encoding: 'buffer' }))
expectType<SpawnSyncResult<Buffer>>(spawnSync('true', { encoding: null, input: 'x' }))
expectType<SpawnSyncResult<string>>(spawnSync('true', [], { encoding: 'utf8' }))
expectType<string>(spawnSync('true', { encoding: 'latin1', unshare: ['user'] }).stdout)
expectType<Array<Buffer | null>>(spawnSync('true').output)
expectError(spawnSync('true', { encoding: 'utf9' }))

expectType<Promise<ExecFileResult>>(execFile('true').then((result) => result))
expectType<NamespacedProcess>(execFile('true').child)
async function outputs(options: ExecFileOptions): Promise<void> {
  expectType<string>((await execFile('true', ['x'], { encoding: 'base64' })).stdout)
  expectType<string>((await execFile('true', { encoding: undefined })).stderr)
  expectType<Buffer>((await execFile('true', [], { encoding: 'buffer' })).stdout)
  expectType<Buffer>((await execFile('true', { encoding: null })).stderr)
  expectType<string | Buffer>((await execFile('true', [], options)).stdout)
}
expectAssignable<(...all: never[]) => Promise<void>>(outputs)
