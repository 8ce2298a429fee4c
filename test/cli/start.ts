import { parse } from '../../lib/cli/arguments'
import { START_OPTIONS, type Start, startOf } from '../../lib/cli/start/options'

/** What `nskit run` makes of its own words; the command is `true`. */
export function start(...args: string[]): Start {
  return startOf(parse(args, START_OPTIONS).given, ['true'])
}

/** Closed again: for options that open nothing. */
export function optionsOf(...args: string[]): Start['options'] {
  using line = start(...args)
  return line.options
}
