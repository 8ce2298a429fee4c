import { readFileSync } from 'node:fs'
import type { SpawnOptions } from '../../lib/index'
import { execFile } from '../../lib/index'

/** What a shell script writes in there, without the last newline. Whatever it says on stderr fails the test. */
export async function shell(script: string, options: SpawnOptions = {}): Promise<string> {
  const { stdout, stderr } = await execFile('/bin/sh', ['-c', script], options)
  if (stderr !== '') throw new Error(stderr)
  return stdout.trimEnd()
}

export interface Place {
  uid: number
  gid: number
  /** As the caller's user namespace maps them: where its own ids end. */
  uidLimit: number
}

/** The caller's ids, and the first id that its user namespace does not map. */
export function place(): Place {
  const [, , size = '0'] = readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/)
  return { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0, uidLimit: Number(size) }
}
