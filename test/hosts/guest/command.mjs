// A program that has to succeed.
import { spawnSync } from 'node:child_process'

/** Its standard output. */
export function must([file, ...args], options = {}) {
  const { status, signal, stdout, stderr, error } = spawnSync(file, args, {
    maxBuffer: 2 ** 30,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...options,
  })
  if (error !== undefined) throw new Error(`${file}: ${error.message}`)
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${signal ?? status}\n${stderr}`)
  return stdout
}
