import * as childProcess from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileSeccomp, sandboxSeccomp, spawn } from 'nskit'
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

const GUARDED = 'nskit, no capabilities, a filter'
const GUARDED_PEER = 'child_process: bwrap, no capabilities, the filter'

const { program } = compileSeccomp(sandboxSeccomp(), process.arch)
const guards = { capabilities: 'none', seccomp: program }

export async function run(bench) {
  await view(bench)
  const folder = mkdtempSync(join(tmpdir(), 'nskit-bench-'))
  try {
    writeFileSync(join(folder, 'filter'), program)
    await guarded(bench, join(folder, 'filter'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function guarded(bench, filter) {
  const view = { unshare, init: false, root: 'empty', mounts, stdio }
  const result = await bench.compare(
    'and with capabilities and system calls taken away',
    'ms',
    [
      { name: VIEW, sample: () => untilExit(() => spawn(COMMAND, [], view)) },
      { name: GUARDED, sample: () => untilExit(() => spawn(COMMAND, [], { ...view, ...guards })) },
      { name: GUARDED_PEER, sample: () => untilExit(() => bwrapWith(filter)) },
    ],
    { samples: 10 },
  )
  bench.bar(
    'view, capabilities and filter, against bwrap with the same',
    result.ratio(GUARDED, GUARDED_PEER),
    '×',
    {
      atMost: 0.35,
    },
  )
}

/** It reads the filter from a descriptor, to its end. */
function bwrapWith(filter) {
  const fd = openSync(filter)
  try {
    const guards = ['--cap-drop', 'ALL', '--seccomp', '3']
    return childProcess.spawn('bwrap', [...guards, ...BWRAP], { stdio: ['ignore', 'ignore', 'ignore', fd] })
  } finally {
    closeSync(fd)
  }
}

async function view(bench) {
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
