/** Where the command starts in a root that is not the caller's. */

import { realpathSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { Mount } from '../../spawn/mount.js'

/** What is below that folder of the caller's. */
interface Origin {
  readonly folder: string
  readonly below: string
}

/**
 * The caller's working directory, where the view has a directory at that path; else undefined, for the default, which
 * is /. bwrap looks inside, and goes on where it is not; a step of a plan fails. So only what is sure counts: no link
 * on the way.
 */
export function workingDirectory(root: string, mounts: readonly Mount[]): string | undefined {
  const cwd = process.cwd()
  let origin = root === 'empty' ? undefined : { folder: resolve(root), below: relative('/', cwd) }
  for (const mount of mounts) {
    const below = relative(mount.destination, cwd)
    if (below === '..' || below.startsWith('../')) continue
    origin = mount.type === 'bind' ? { folder: resolve(mount.source), below } : undefined
    if (mount.type === 'bind' && mount.recursive === false && below !== '') origin = undefined
  }
  return origin !== undefined && isDirectory(origin) ? cwd : undefined
}

function isDirectory({ folder, below }: Origin): boolean {
  try {
    const path = join(realpathSync(folder), below)
    return realpathSync(path) === path && statSync(path).isDirectory()
  } catch {
    return false
  }
}
