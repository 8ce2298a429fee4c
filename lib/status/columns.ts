/**
 * A process's status as a row of eight-byte slots: what the addon's parser fills in.
 *
 * The same table, with what each slot holds, stands in native/addon/status_columns.h.
 */

const WIDTHS = {
  text: 2,
  name: 1,
  state: 1,
  umask: 1,
  tgid: 1,
  ngid: 1,
  pid: 1,
  ppid: 1,
  tracerPid: 1,
  uid: 4,
  gid: 4,
  fdSize: 1,
  groups: 2,
  nsTgid: 2,
  nsPid: 2,
  nsPgid: 2,
  nsSid: 2,
  kernelThread: 1,
  memory: 2,
  coreDumping: 1,
  thpEnabled: 1,
  untagMask: 2,
  threads: 1,
  signalQueue: 2,
  pending: 2,
  sharedPending: 2,
  blocked: 2,
  ignored: 2,
  caught: 2,
  capInheritable: 1,
  capPermitted: 1,
  capEffective: 1,
  capBounding: 1,
  capAmbient: 1,
  noNewPrivs: 1,
  seccomp: 1,
  seccompFilters: 1,
  speculationStoreBypass: 1,
  speculationIndirectBranch: 1,
  cpusAllowed: 1,
  cpusAllowedList: 1,
  memsAllowed: 1,
  memsAllowedList: 1,
  voluntaryContextSwitches: 1,
  nonvoluntaryContextSwitches: 1,
  x86ThreadFeatures: 1,
  x86ThreadFeaturesLocked: 1,
} as const

export type StatusColumn = keyof typeof WIDTHS

/** Names and widths, in order. */
export const STATUS_COLUMNS = Object.entries(WIDTHS) as ReadonlyArray<readonly [StatusColumn, number]>

let next = 0
/** The first slot of each column. */
export const SLOT = Object.fromEntries(
  STATUS_COLUMNS.map(([name, width]) => {
    const slot = next
    next += width
    return [name, slot]
  }),
) as Readonly<Record<StatusColumn, number>>

/** Slots in a row. */
export const ROW_SLOTS = next
