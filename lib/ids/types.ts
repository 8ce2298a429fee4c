/** The words that id maps are written in. */

/** OCI runtime-spec's shape: an entry of linux.uidMappings fits as it is. The kernel calls it an extent. */
export interface IdMapping {
  /** The first id inside. */
  readonly containerID: number
  /**
   * The first id outside: in the user namespace of whoever reads or writes the map. 4294967295 in a map that was read: it
   * has no number there.
   */
  readonly hostID: number
  /** How many in a row, on both sides: 1 or more. */
  readonly size: number
}

/** Half-open: the ids from `start` up to, and without, `start + size`. */
export interface IdRange {
  /** The first id: 0 to 4294967295. */
  readonly start: number
  /** How many: 0 to 4294967296. */
  readonly size: number
}

/** (uid_t)-1: "no id" to every system call. As a map's second column: not mapped where the reader lives. */
export const INVALID_ID = 0xffff_ffff

/** One past the largest number that fits the kernel's 32-bit ids. */
export const ID_LIMIT = 0x1_0000_0000

/** UID_GID_MAP_MAX_EXTENTS (since Linux 4.15; 5 before). */
export const MAX_EXTENTS = 340

/** map_write() refuses a whole page, and pages are 4096 bytes where they are smallest. */
export const MAX_MAP_BYTES = 4095

/** Whether `value` is an integer of 32 bits, INVALID_ID included. */
export function isUint32(value: number): boolean {
  return value >>> 0 === value
}

/** The error for something that is no 32-bit integer: TypeError for what is no number, else RangeError. */
export function notUint32(what: string, value: unknown): Error {
  if (typeof value !== 'number') return new TypeError(`${what} must be a number, not ${describe(value)}`)
  return new RangeError(`${what} must be an integer from 0 to ${INVALID_ID}, not ${value}`)
}

/** `value` for an error message, whatever it is. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  return value === null || typeof value !== 'object' ? String(value) : 'an object'
}
