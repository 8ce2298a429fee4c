/**
 * Programs in Linux namespaces, and what has to be known about namespaces, ids and hosts to start them.
 *
 * Everything imports on any platform; what needs the kernel throws UnsupportedPlatformError off Linux.
 *
 * @packageDocumentation
 */

export {
  type AuditRecord,
  type AuditTaggerOptions,
  createAuditTagger,
  parseAuditRecord,
} from './audit/index.js'
export { ParseError } from './errors/parse-error.js'
export { SetupError } from './errors/setup-error.js'
export { UnsupportedPlatformError } from './errors/unsupported-platform.js'
export {
  type Attribution,
  type ContainerEntry,
  ContainerRegistry,
  type InsideStats,
  type OwnerContext,
  type OwnershipMaps,
  ownerInside,
  ownerOutside,
  statInside,
  type TranslatedOwner,
} from './identity/index.js'
export {
  allocateRange,
  type IdKind,
  IdMap,
  type IdMapping,
  type IdRange,
  insertMapping,
  intersectRanges,
  isGranted,
  readSubIds,
  subtractRanges,
  withoutHostRanges,
} from './ids/index.js'
export {
  createLogTagger,
  type LogLabels,
  type LogSource,
  type LogTaggerOptions,
  tagLogs,
} from './logs/index.js'
export { type CreateNamespacesOptions, createNamespaces, NamespaceSet } from './namespaces/create.js'
export { listNamespaces, type NamespaceFilter, type NamespaceInfo } from './namespaces/list.js'
export { Namespace } from './namespaces/namespace.js'
export { applyFirewall, createVethPair } from './network/api.js'
export type { FirewallPolicy, FirewallRule } from './network/firewall-policy.js'
export type { VethEnd } from './network/veth-end.js'
export { formatOciSpec, fromOciSpec, toOciSpec } from './oci/api.js'
export type { FromOciOptions, OciCall } from './oci/from-spec.js'
export type { OciRefusal, OciRefusalError } from './oci/refusals.js'
export type {
  OciCapabilities,
  OciIdMapping,
  OciInteger,
  OciLinux,
  OciMount,
  OciNamespace,
  OciNamespaceType,
  OciProcess,
  OciRlimit,
  OciSpec,
  OciTimeOffset,
  OciUser,
} from './oci/types.js'
export { type ExplainedStep, explain } from './plan/explain.js'
export type { SetupStep } from './plan/steps.js'
export {
  type Confidence,
  type DenialCause,
  type DiagnoseOptions,
  diagnose,
  type Evidence,
  formatDenial,
  type HostReport,
  type ProbeDenial,
  type ProbeOptions,
  type ProbeProgramOptions,
  type ProbeResult,
  type ProbeSuccess,
  type ProbeUse,
  probe,
  probeProgram,
  probeSync,
  type Remedy,
} from './probe/index.js'
export { compileSeccomp } from './seccomp/api.js'
export { denySyscalls } from './seccomp/deny.js'
export type {
  CompiledSeccomp,
  OciSeccomp,
  OciSeccompArg,
  OciSeccompSyscall,
  SeccompAction,
  SeccompArchitecture,
  SeccompFlag,
  SeccompOperator,
  SeccompTarget,
  SeccompValue,
} from './seccomp/index.js'
export { sandboxSeccomp } from './seccomp/sandbox.js'
export {
  type ExecFileError,
  type ExecFileOptions,
  type ExecFilePromise,
  type ExecFileResult,
  execFile,
} from './spawn/exec-file.js'
export type {
  BindMount,
  DevMount,
  FileMount,
  KernelMount,
  Mount,
  OverlayMount,
  SymlinkMount,
  TmpfsMount,
} from './spawn/mount.js'
export { type Exit, NamespacedProcess } from './spawn/namespaced-process.js'
export type {
  CapabilityChoice,
  IdMapInput,
  JoinTarget,
  SpawnOptions,
  StdioEntry,
  StdioOptions,
} from './spawn/options.js'
export { spawn } from './spawn/spawn.js'
export { type SpawnSyncOptions, type SpawnSyncResult, spawnSync } from './spawn/spawn-sync.js'
export type { PipedProcess, ProcessByStdio } from './spawn/stdio-types.js'
export {
  type CapabilityName,
  type CapabilitySets,
  type IdQuad,
  type ProcessStatus,
  parseStatus,
  readAllStatuses,
  readStatus,
  type SignalSets,
} from './status/index.js'
export type { NamespaceType } from './tables/namespaces.js'
