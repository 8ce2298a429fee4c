export { diagnose, formatDenial, probe, probeProgram, probeSync } from './api.js'
export type {
  Confidence,
  DenialCause,
  DiagnoseOptions,
  Evidence,
  HostReport,
  ProbeDenial,
  ProbeOptions,
  ProbeProgramOptions,
  ProbeResult,
  ProbeSuccess,
  ProbeUse,
  Remedy,
} from './types.js'
