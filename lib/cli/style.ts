/** Colours, where somebody sees them. */

import type { Output } from './command.js'

/** What a text is shown as; the text itself has no escapes, which printable() would show. */
export type Paint = (text: string) => string

export interface Style {
  readonly bold: Paint
  /** Of messages that say what went wrong. */
  readonly error: Paint
  readonly good: Paint
  readonly bad: Paint
  readonly doubtful: Paint
}

const paint =
  (open: string): Paint =>
  (text) =>
    `\x1b[${open}m${text}\x1b[0m`

const COLOURED: Style = {
  bold: paint('1'),
  error: paint('1;31'),
  good: paint('32'),
  bad: paint('31'),
  doubtful: paint('33'),
}

const asIs: Paint = (text) => text
export const PLAIN: Style = { bold: asIs, error: asIs, good: asIs, bad: asIs, doubtful: asIs }

export function styleOf(output: Output, env: NodeJS.ProcessEnv = process.env): Style {
  return isColoured(output, env) ? COLOURED : PLAIN
}

/** util.styleText asks the stream and the environment in later versions of Node only (22.13). */
function isColoured(output: Output, env: NodeJS.ProcessEnv): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: refused, TERM: terminal } = env
  // Node's own order: who forces it does so for this run, the refusal may stand in a profile.
  if (forced) return forced !== '0' && forced !== 'false'
  if (refused || terminal === 'dumb' || !output.isTTY) return false
  return output.hasColors?.() ?? true
}
