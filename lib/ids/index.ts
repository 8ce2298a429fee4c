/** Id maps of user namespaces, and the subordinate ids that they are made from. */

export { allocateRange, insertMapping, withoutHostRanges } from './algebra.js'
export { IdMap } from './id-map.js'
export { intersectRanges, normalizeRanges, subtractRanges } from './ranges.js'
export type { IdKind } from './read.js'
export { isGranted, parseSubIds, readSubIds, type SubIdLine } from './sub-ids.js'
export { type IdMapping, type IdRange, INVALID_ID, MAX_EXTENTS, MAX_MAP_BYTES } from './types.js'
