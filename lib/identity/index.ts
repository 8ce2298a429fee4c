/** Who is this host id? */

export type { Attribution } from './attribution.js'
export type { ContainerEntry } from './entry.js'
export {
  type InsideStats,
  type OwnershipMaps,
  ownerInside,
  ownerOutside,
  statInside,
  type TranslatedOwner,
} from './ownership.js'
export { ContainerRegistry, type OwnerContext } from './registry.js'
