/** How wide what is written may be. */

import type { Output } from './command.js'

/** A terminal's columns. One that has not been told its size says 0, as on a serial line or in a new pty. */
export function columnsOf({ columns }: Output): number | undefined {
  return columns || undefined
}

/** Of paragraphs that are not for a terminal; and the widest that read well on one. */
const WITHOUT_TERMINAL = 80
const WIDEST = 110
const NARROWEST = 40

export function paragraphWidth(output: Output): number {
  const columns = columnsOf(output)
  return columns === undefined ? WITHOUT_TERMINAL : Math.min(WIDEST, Math.max(NARROWEST, columns))
}
