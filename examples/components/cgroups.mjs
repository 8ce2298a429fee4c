// What a component may use up in all, not process by process: a cgroup for each, where the launcher may make some.
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { COMPONENTS } from './components.mjs'

const CONTROLLERS = ['memory', 'pids']

/** Directories by component; undefined where the hierarchy does not hand its controllers down, or not to us. */
export function makeCgroups(hierarchy = '/sys/fs/cgroup') {
  if (!handsDown(hierarchy)) return undefined
  const parent = join(hierarchy, `nskit-components-${process.pid}`)
  const cgroups = new Map()
  try {
    mkdirSync(parent)
    writeFileSync(join(parent, 'cgroup.subtree_control'), CONTROLLERS.map((each) => `+${each}`).join(' '))
    for (const [name, { limits }] of Object.entries(COMPONENTS)) {
      const directory = join(parent, name)
      mkdirSync(directory)
      cgroups.set(name, directory)
      writeFileSync(join(directory, 'memory.max'), String(limits.memory))
      writeFileSync(join(directory, 'pids.max'), String(limits.processes))
    }
    return cgroups
  } catch (error) {
    removeCgroups(cgroups, parent)
    if (['EACCES', 'EPERM', 'EROFS'].includes(error.code)) return undefined
    throw error
  }
}

/** When nothing is in them any more. */
export function removeCgroups(cgroups, parent = join(cgroups.values().next().value, '..')) {
  for (const directory of [...cgroups.values(), parent]) if (existsSync(directory)) rmdirSync(directory)
}

/** As systemd has it set. To switch it on would change the host, for longer than the launcher runs. */
function handsDown(hierarchy) {
  const file = join(hierarchy, 'cgroup.subtree_control')
  if (!existsSync(file)) return false
  const controllers = readFileSync(file, 'utf8').trim().split(' ')
  return CONTROLLERS.every((each) => controllers.includes(each))
}
