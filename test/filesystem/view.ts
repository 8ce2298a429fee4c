import { lstatSync, readlinkSync } from 'node:fs'
import type { Mount, SpawnOptions } from '../../lib/index'
import { execFile, spawn } from '../../lib/index'
import { nodeCommand } from '../support/node-script'
import { outcome } from '../support/outcome'

export const SANDBOX = ['user', 'pid', 'mnt'] as const

/** What a shell and the usual programs need, as this host has it laid out: directories are bound, links made. */
export const PROGRAMS: readonly Mount[] = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/etc',
].flatMap((path): Mount[] => {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return []
  return stat.isSymbolicLink()
    ? [{ type: 'symlink', target: readlinkSync(path), destination: path }]
    : [{ type: 'bind', source: path, destination: path, readonly: true }]
})

/** An empty root with the programs, and what a test adds. */
export function empty(mounts: readonly Mount[] = [], options: SpawnOptions = {}): SpawnOptions {
  return { unshare: SANDBOX, root: 'empty', mounts: [...PROGRAMS, ...mounts], ...options }
}

export interface Answer {
  status: number | null
  stdout: string
  stderr: string
}

/** A shell script's end, whatever that is. */
export async function tries(script: string, options: SpawnOptions): Promise<Answer> {
  try {
    return { status: 0, ...(await execFile('/bin/sh', ['-c', script], options)) }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    if (typeof code !== 'number') throw error
    return { status: code, stdout, stderr }
  }
}

/** What `tries` gave, and what nskit said and left, in a Node whose mounts `prepare` has made. */
export interface Nested extends Answer {
  error: { step: string; code: string; target: string; hint?: string; message: string } | null
  mountsLeft: number
}

/**
 * Runs `prepare` as root of a user namespace that may mount, in an empty working directory of a tmpfs, and there, in a
 * Node, `script` with `options`: in every mode, and on no mount of the host's. `through` runs the Node.
 */
export async function nested(
  prepare: string,
  script: string,
  options: SpawnOptions,
  through: readonly string[] = [],
): Promise<Nested> {
  const [node, args] = nodeCommand(
    ({ nskit, say, inventory }, { script, options }) => {
      const before = inventory().mounts
      const result = nskit.spawnSync('/bin/sh', ['-c', script], { ...options, encoding: 'utf8' })
      const { status, stdout, stderr } = result
      const error = result.error === undefined ? null : { ...result.error, message: result.error.message }
      say({ status, stdout, stderr, error, mountsLeft: inventory().mounts - before })
    },
    { script, options },
  )
  const line = `mount -t tmpfs tmpfs /mnt && cd /mnt && ${prepare} && exec "$@"`
  const { stdout, stderr } = await outcome(
    // Its own /proc is fresh, and so the Node within may mount one as well.
    spawn('/bin/sh', ['-c', line, 'sh', ...through, node, ...args], { unshare: SANDBOX }),
  )
  if (stdout === '') throw new Error(`nothing was said; stderr: ${stderr}`)
  return JSON.parse(stdout)
}
