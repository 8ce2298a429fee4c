import * as childProcess from 'node:child_process'
import { spawn } from 'nskit'
import { untilExit } from '../harness/commands.mjs'

export const title = 'A view of its own: empty root with five binds, /proc, a tmpfs and /dev, /bin/true in it'

const COMMAND = '/usr/bin/true'
/** Real directories: both are given the same five. */
const BINDS = ['/usr', '/etc', '/var', '/opt', '/srv']
const LINKS = ['bin', 'lib', 'lib64'].map((name) => [`usr/${name}`, `/${name}`])

const stdio = 'ignore'
const unshare = ['user', 'pid', 'mnt', 'ipc', 'uts', 'cgroup']
const mounts = [
  ...BINDS.map((path) => ({ type: 'bind', source: path, destination: path, readonly: true })),
  ...LINKS.map(([target, destination]) => ({ type: 'symlink', target, destination })),
  { type: 'tmpfs', destination: '/tmp' },
  { type: 'dev', destination: '/dev' },
]

const BWRAP = [
  ...['--unshare-all', '--share-net'],
  ...BINDS.flatMap((path) => ['--ro-bind', path, path]),
  ...LINKS.flatMap((link) => ['--symlink', ...link]),
  ...['--proc', '/proc', '--tmpfs', '/tmp', '--dev', '/dev', COMMAND],
]

const VIEW = 'nskit'
const VIEW_WITH_INIT = 'nskit, with init'
const WITHOUT = 'nskit, the host’s view'
const PEER = 'child_process: bwrap'

export async function run(bench) {
  const result = await bench.compare(
    'from the call to the exit',
    'ms',
    [
      {
        name: VIEW,
        sample: () =>
          untilExit(() => spawn(COMMAND, [], { unshare, init: false, root: 'empty', mounts, stdio })),
      },
      {
        name: VIEW_WITH_INIT,
        sample: () => untilExit(() => spawn(COMMAND, [], { unshare, root: 'empty', mounts, stdio })),
      },
      { name: WITHOUT, sample: () => untilExit(() => spawn(COMMAND, [], { unshare, init: false, stdio })) },
      { name: PEER, sample: () => untilExit(() => childProcess.spawn('bwrap', BWRAP, { stdio })) },
    ],
    { samples: 20 },
  )
  bench.bar('start-to-exit with the view, against bwrap with the same', result.ratio(VIEW, PEER), '×', {
    atMost: 0.35,
  })
  bench.bar('the same, with init', result.ratio(VIEW_WITH_INIT, PEER), '×', { atMost: 0.35 })
}
