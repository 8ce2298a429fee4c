/** The caller's / for a runtime: crun can neither take / as a root nor mount anything on it, so its entries are bound. */

import { readdirSync, statSync } from 'node:fs'
import type { FilesystemSettings } from '../plan/settings.js'
import { plainBind } from './bind.js'
import type { OciMount } from './types.js'

/** Links show what they lead to; one that leads nowhere, and what is neither file nor directory, is passed over. */
export function hostEntries({ rootReadonly, proc }: FilesystemSettings): OciMount[] {
  return readdirSync('/')
    .sort()
    .map((name) => `/${name}`)
    .filter((path) => isShown(path) && !(path === '/proc' && proc !== 'none'))
    .map((path) => plainBind(path, path, rootReadonly ? ['ro'] : []))
}

function isShown(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats !== undefined && (stats.isDirectory() || stats.isFile())
}
