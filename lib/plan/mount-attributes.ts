import type { PlanStep } from './steps.js'

/** MOUNT_ATTR_* of mount_setattr(2), by the names that mount(8) gives them. */
export const ATTRIBUTES = [
  ['readonly', 1],
  ['nosuid', 2],
  ['nodev', 4],
  ['noexec', 8],
] as const
export type AttributeName = (typeof ATTRIBUTES)[number][0]

export const ATTRIBUTE_FLAGS = Object.fromEntries(ATTRIBUTES) as Readonly<Record<AttributeName, number>>

export function readonlyAt(
  destination: string,
  recursive: boolean,
): Extract<PlanStep, { op: 'SetAttributes' }> {
  const attributes = ATTRIBUTE_FLAGS.readonly
  return { op: 'SetAttributes', destination, attributes, recursive, bindSelf: false, ifPresent: false }
}
