import { once } from 'node:events'
import { readlinkSync } from 'node:fs'
import { type NamespacedProcess, type SpawnOptions, spawn } from '../../lib/index'
import type { NamespaceType } from '../../lib/tables/namespaces'

/** A command that runs. */
export async function running(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): Promise<NamespacedProcess> {
  const child = spawn(command, args, options)
  await child.spawned
  return child
}

/** A shell script that has come so far as to print something. */
export async function ready(
  script: string,
  args: readonly string[],
  options: SpawnOptions,
): Promise<NamespacedProcess> {
  const child = await running('/bin/sh', ['-c', script, 'sh', ...args], options)
  await once(child.stdout!, 'data')
  return child
}

/** The inode of a process's namespace, by its link's text. */
export function inode(process: number | 'self' | undefined, type: NamespaceType): bigint {
  const [, ino] = /\[(\d+)\]/.exec(readlinkSync(`/proc/${process}/ns/${type}`)) ?? []
  return BigInt(ino!)
}
