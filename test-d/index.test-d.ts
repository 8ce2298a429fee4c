import type { EventEmitter } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { expectAssignable, expectError, expectNotAssignable, expectType } from 'tsd'
import {
  createNamespaces,
  type ExecFileResult,
  execFile,
  explain,
  IdMap,
  type IdMapping,
  type IdRange,
  Namespace,
  type NamespacedProcess,
  type NamespaceSet,
  type NamespaceType,
  readSubIds,
  SetupError,
  type SpawnOptions,
  spawn,
  spawnSync,
} from '..'

const child = spawn('true', ['x'], { unshare: ['user', 'pid'], uidMap: 'root', gidMap: IdMap.identity })
expectType<NamespacedProcess>(child)
expectType<NamespacedProcess>(spawn('true', { cwd: '/' }))
expectAssignable<EventEmitter>(child)
expectAssignable<AsyncDisposable>(child)
expectType<number | undefined>(child.pid)
expectType<Writable | null>(child.stdin)
expectType<Readable | null>(child.stdout)
expectType<Promise<void>>(child.spawned)
expectType<IdMap>(child.uidMap)
expectType<Namespace>(child.namespace('net'))

// Misspelt or misplaced options do not compile.
expectError(spawn('true', { unshar: ['user'] }))
expectError(spawn('true', { unshare: ['mount'] }))
expectError(spawn('true', { uidMap: 'rooot' }))
expectError(spawn('true', { join: [{ pid: 5 }] }))

// OCI's linux.uidMappings can be passed as they are; options can be readonly.
const oci: readonly IdMapping[] = [{ containerID: 0, hostID: 100000, size: 65536 }]
const options = { unshare: ['user'], uidMap: oci, stdio: ['ignore', 'pipe', 2] } as const
expectAssignable<SpawnOptions>(options)
spawn('true', [], options)

expectType<Buffer | string>(spawnSync('true').stdout)
expectType<Promise<ExecFileResult> & { child: NamespacedProcess }>(execFile('true'))
execFile('true').then(({ stdout }) => expectType<string>(stdout))
expectAssignable<Array<{ step: string; detail: string }>>(explain('true'))

expectType<number | undefined>(IdMap.identity.toHost(5))
expectType<Uint32Array>(IdMap.identity.mapToHost(new Uint32Array(1)))
expectType<IdRange[]>(readSubIds('uid', 1000))
for (const mapping of IdMap.identity) expectType<IdMapping>(mapping)

expectType<Promise<NamespaceSet>>(createNamespaces(['net']))
createNamespaces(['net']).then((set) => expectType<ReadonlyMap<NamespaceType, Namespace>>(set.namespaces))
expectType<string>(Namespace.of('self', 'net').run(() => 'inside'))

const caught: unknown = undefined
if (SetupError.is(caught)) {
  expectType<string>(caught.code)
  expectType<string | undefined>(caught.hint)
  expectNotAssignable<typeof caught.step>('no-such-step')
}
