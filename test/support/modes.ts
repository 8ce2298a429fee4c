import { readFileSync } from 'node:fs'

/**
 * As whom the tests run: 'root' in the initial user namespace, 'user' an ordinary user,
 * 'userns' root of a user namespace that maps a range. test/run.mjs runs all three.
 */
export const MODES = ['root', 'user', 'userns'] as const
export type Mode = (typeof MODES)[number]

export const mode: Mode = named(process.env.NSKIT_TEST_MODE) ?? detected()

function named(name: string | undefined): Mode | undefined {
  if (name === undefined) return undefined
  const known = MODES.find((each) => each === name)
  if (known === undefined) throw new TypeError(`NSKIT_TEST_MODE=${name}: expected ${MODES.join(', ')}`)
  return known
}

function detected(): Mode {
  if (process.geteuid?.() !== 0) return 'user'
  return isInitialMap(readFileSync('/proc/self/uid_map', 'utf8')) ? 'root' : 'userns'
}

/** The initial user namespace maps all ids, but -1, onto themselves; no other is given that map by default. */
export function isInitialMap(uidMap: string): boolean {
  return uidMap.trim().split(/\s+/).join(' ') === '0 0 4294967295'
}
