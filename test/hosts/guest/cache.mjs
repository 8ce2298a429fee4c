// What is fetched once: outside the tree, and whole or not there at all.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

const CACHE =
  process.env.NSKIT_HOSTS_CACHE ??
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'nskit-hosts')

/** The folder `name` of the cache; `make` fills it where it is missing. Of two makers the first wins. */
export function cached(name, make) {
  const folder = join(CACHE, name)
  if (existsSync(folder)) return folder
  const draft = `${folder}.${process.pid}`
  mkdirSync(dirname(draft), { recursive: true })
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft)
  try {
    make(draft)
    renameSync(draft, folder)
  } catch (error) {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  return folder
}
