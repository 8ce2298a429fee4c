import { setTimeout as delay } from 'node:timers/promises'

const PATIENCE_MS = 20_000

/**
 * Polls until `condition` gives something truthy, and returns that. `what` names it when it never comes.
 * The limit is for a loaded machine, and no measure of anything.
 */
export async function until<T>(condition: () => T | Promise<T>, what: string): Promise<NonNullable<T>> {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const value = await condition()
    if (value) return value
    if (Date.now() > deadline) throw new Error(`waited ${PATIENCE_MS / 1000} s in vain for: ${what}`)
    await delay(5)
  }
}
