/** What api.ts loads at the first call. */

export { diagnose } from './diagnose.js'
export { formatDenial } from './format-denial.js'
export { probe, probeSync } from './probe.js'
export { probeProgram } from './probe-program.js'
