export { diagnose } from './diagnose.js'
export { formatDenial } from './format-denial.js'
export { probe, probeSync } from './probe.js'
export { probeProgram } from './probe-program.js'
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
