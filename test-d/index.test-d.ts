import type { EventEmitter } from 'node:events'
import type { Transform } from 'node:stream'
import { expectAssignable, expectError, expectNotAssignable, expectType } from 'tsd'
import {
  type Attribution,
  type AuditRecord,
  applyFirewall,
  ContainerRegistry,
  compileSeccomp,
  createAuditTagger,
  createLogTagger,
  createNamespaces,
  createVethPair,
  denySyscalls,
  diagnose,
  type ExecFileResult,
  execFile,
  explain,
  formatDenial,
  type HostReport,
  IdMap,
  type IdMapping,
  type IdRange,
  Namespace,
  type NamespacedProcess,
  type NamespaceSet,
  type NamespaceType,
  ownerInside,
  type ProbeResult,
  parseAuditRecord,
  probe,
  probeProgram,
  probeSync,
  readSubIds,
  SetupError,
  type SpawnOptions,
  sandboxSeccomp,
  spawn,
  tagLogs,
} from '..'

const child = spawn('true', ['x'], { unshare: ['user', 'pid'], uidMap: 'root', gidMap: IdMap.identity })
expectAssignable<NamespacedProcess>(child)
expectAssignable<EventEmitter>(child)
expectAssignable<AsyncDisposable>(child)
expectType<number | undefined>(child.pid)
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

// Probes: the two outcomes are told apart by `ok`.
const probed = probeSync({ namespaces: ['user', 'net'], use: ['loopback'] })
expectType<ProbeResult>(probed)
if (probed.ok) expectType<string>(probed.command)
else {
  expectAssignable<string>(probed.cause)
  expectType<string>(formatDenial(probed, { program: 'x' }))
}
expectType<Promise<ProbeResult>>(probe())
expectType<Promise<ProbeResult>>(probeProgram(['bwrap', 'true'] as const))
expectType<Promise<HostReport>>(diagnose({ programs: [['true']] }))
expectError(probe({ namespaces: ['network'] }))

// A sandbox, with readonly lists.
const sandbox = {
  unshare: ['user', 'pid', 'mnt', 'net'],
  root: 'empty',
  rootReadonly: true,
  mounts: [
    {
      type: 'bind',
      source: '/usr',
      destination: '/usr',
      readonly: true,
      idMap: { uid: 'root', gid: 'root' },
    },
    { type: 'tmpfs', destination: '/work', size: 1 << 20, mode: 0o700 },
    { type: 'file', destination: '/etc/x', content: new Uint8Array(2) },
    { type: 'overlay', destination: '/o', lower: ['/a'], upper: '/u', work: '/w' },
    { type: 'symlink', target: 'a', destination: '/b' },
    { type: 'dev', destination: '/dev' },
  ],
  capabilities: ['CAP_NET_BIND_SERVICE'],
  rlimits: { nofile: 64, RLIMIT_CPU: { soft: 1, hard: 2 } },
  seccomp: sandboxSeccomp(),
  auditSession: true,
} as const
expectAssignable<SpawnOptions>(sandbox)
expectNotAssignable<SpawnOptions>({ mounts: [{ type: 'bind', destination: '/x' }] })
expectType<number | undefined>(spawn('true', [], sandbox).auditSession)
expectType<Uint8Array>(compileSeccomp(denySyscalls(['mount']), 'arm64').program)

expectType<Promise<void>>(
  createVethPair({ name: 'a' }, { namespace: Namespace.of('self', 'net'), name: 'b' }),
)
expectType<Promise<void>>(
  applyFirewall(Namespace.of('self', 'net'), { allow: [{ direction: 'in', port: 80 }] }),
)

// Identity.
const registry = new ContainerRegistry()
registry.track(child)
expectType<Attribution>(registry.ownerOf('uid', 100000, { at: new Date() }))
expectType<{ uid: number | undefined; gid: number | undefined }>(ownerInside({ uid: 1, gid: 2 }, child))
expectType<AuditRecord>(parseAuditRecord(''))
registry.add({ name: 'web', uidMap: IdMap.identity, sharedUids: [0, 1000] as const, sharedGids: [] })
expectAssignable<Transform>(
  createAuditTagger(registry, { onRegistryError: ({ message }) => console.error(message) }),
)
expectAssignable<Transform>(createLogTagger({ namespace: 'web', stream: 'stdout', team: 5 }))
expectType<Promise<void>>(tagLogs(child, process.stdout, { a: 1 }))
