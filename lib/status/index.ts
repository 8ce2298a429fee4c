/** /proc/PID/status as values. */

export {
  CAPABILITIES,
  type CapabilityName,
  capabilityBit,
  capabilityName,
  capabilitySet,
} from './capabilities.js'
export { parseStatus, readAllStatuses, readStatus } from './read.js'
export type { CapabilitySets, IdQuad, ProcessStatus, SignalSets } from './types.js'
