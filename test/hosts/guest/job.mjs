// What a guest is to do, as files of its first root.
import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { must } from './command.mjs'
import { cpio } from './cpio.mjs'

/** This machine's own may lead through folders that the guest's user may not search. */
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * kernel: one of KERNELS. command: argv. user: who runs it, default root. setup: sh, as root, before it.
 * env, cwd. files: name → content, under /run/nskit-guest.
 */
export function jobArchive(job, modules) {
  const { setup = '', files = {} } = job
  const inJob = {
    'second.sh': readFileSync(new URL('second.sh', import.meta.url)),
    modules: `${modules}\n`,
    setup: `${setup}\n`,
    command: commandScript(job),
    ...files,
  }
  return cpio([
    ['init', readFileSync(new URL('first.sh', import.meta.url)), 0o755],
    ...Object.entries(inJob).map(([name, content]) => [`job/${name}`, content]),
  ])
}

function commandScript({ command, user, env = {}, cwd = '/' }) {
  const { home, ids } = identity(user)
  const variables = { PATH: SYSTEM_PATH, HOME: home, LANG: 'C.UTF-8', ...env }
  const words = [
    '/usr/bin/env',
    '-i',
    ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
  ]
  return `cd ${quote(cwd)} || exit 125\nexec ${[...words, ...ids, ...command].map(quote).join(' ')}\n`
}

function identity(user) {
  if (user === undefined) return { home: userInfo().homedir, ids: [] }
  const [, , , gid, , home] = must(['getent', 'passwd', user], { encoding: 'utf8' }).trim().split(':')
  return { home, ids: ['/usr/bin/setpriv', `--reuid=${user}`, `--regid=${gid}`, '--init-groups'] }
}

function quote(word) {
  return `'${word.replaceAll("'", "'\\''")}'`
}
