// A view of the tree, and of node, that any user can read, whatever the modes of the folders above them are.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TREE } from './run.mjs'

/** Made once a run: where the tree and node are to be mounted, and from where. */
export function publish(run) {
  run.view ??= makeView(run)
  return run.view
}

/** The command line that runs `command` in a mount namespace of its own, in which the view is mounted. */
export function inPrivateMounts({ source, tree, node }, command) {
  const mounts = 'mount --bind "$1" "$2" && mount --bind "$3" "$4" && cd "$2" && shift 4 && exec "$@"'
  const paths = [source, tree, process.execPath, node]
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', mounts, 'sh', ...paths, ...command]
}

function makeView(run) {
  const view = { source: TREE, tree: join(run.folder, 'tree'), node: join(run.folder, 'node') }
  mkdirSync(view.tree)
  writeFileSync(view.node, '')
  if (!everyoneReads(TREE)) {
    // A clone made under a umask such as 077: its files stay as they are.
    view.source = join(run.folder, 'copy')
    copy(view.source)
  }
  return view
}

function everyoneReads(folder) {
  const closed = ['-type', 'd', '!', '-perm', '-005', '-o', '-type', 'f', '!', '-perm', '-004']
  const find = [folder, '-path', join(folder, '.git'), '-prune', '-o', '(', ...closed, ')', '-print', '-quit']
  const { stdout, status, stderr } = spawnSync('find', find, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`find: ${stderr}`)
  return stdout === ''
}

function copy(target) {
  mkdirSync(target)
  for (const name of readdirSync(TREE).filter((each) => each !== '.git')) {
    cpSync(join(TREE, name), join(target, name), {
      recursive: true,
      verbatimSymlinks: true,
      preserveTimestamps: true,
    })
  }
  const { status, stderr } = spawnSync('chmod', ['-R', 'o+rX', target], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`chmod: ${stderr}`)
}
