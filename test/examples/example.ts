import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { type Outcome, outcome } from '../support/outcome'

const ROOT = join(__dirname, '../..')

/** Runs a program of examples/ to its end. */
export function example(name: string, ...args: string[]): Promise<Outcome> {
  return outcome(spawn(process.execPath, [join('examples', name), ...args], { cwd: ROOT }))
}
