/** Callers that lack what others have: a /proc, memfds that may be executed, a working directory. */

import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../lib/native/root'
import { execFile } from '../../lib/spawn/exec-file'
import { describeWith } from '../support/needs'
import { runScript } from '../support/node-script'

const HIDE_PROC = ['unshare', '--mount', 'sh', '-c', 'umount -l /proc && exec "$0" "$@"']

async function endWithoutProc(options: object): Promise<unknown> {
  const [said] = await runScript(
    ({ nskit, say }, { options }) => {
      const { status, error } = nskit.spawnSync('/bin/true', [], options)
      const { step, code, target } = (error ?? {}) as { step?: string; code?: string; target?: string }
      say({ status, step, code, target })
    },
    { options },
    { through: HIDE_PROC },
  )
  return said
}

describeWith('root', 'without /proc', () => {
  it.each([
    [{}],
    [{ unshare: ['net'] }],
    [{ unshare: ['uts', 'ipc', 'pid'], hostname: 'box' }],
    [{ unshare: ['mnt'], mounts: [{ type: 'tmpfs', destination: '/mnt' }] }],
  ])('what needs none is started: %j', async (options) => {
    expect(await endWithoutProc(options)).toEqual({ status: 0 })
  })

  it('a map cannot be written, and the step that needs /proc says so', async () => {
    expect(await endWithoutProc({ unshare: ['user'] })).toEqual({
      status: null,
      step: 'open-proc',
      code: 'ENOENT',
      target: '/proc/self',
    })
  })
})

const ADDON = join('build', 'Release', 'nskit.node')
const STAGE = join('build', 'Release', 'nskit-stage')

const SCRIPT = `
const { spawnSync } = require(process.argv[1] + '/dist/index.cjs')
const { status, error } = spawnSync('true')
const { message, step, code, hint } = error ?? {}
console.log(JSON.stringify({ status, message, step, code, hint }))
`

// vm.memfd_noexec = 2 (Linux 6.3) is a setting of a pid namespace.
describeWith(['root', 'memfd-noexec'], 'where no memfd may be executed', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nskit-copy-'))
    cpSync(join(packageRoot, 'dist'), join(folder, 'dist'), { recursive: true })
    copyFileSync(join(packageRoot, 'package.json'), join(folder, 'package.json'))
    symlinkSync(join(packageRoot, 'node_modules'), join(folder, 'node_modules'))
    mkdirSync(join(folder, 'build', 'Release'), { recursive: true })
    copyFileSync(join(packageRoot, ADDON), join(folder, ADDON))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  async function start(): Promise<unknown> {
    const command = 'echo 2 > /proc/sys/vm/memfd_noexec && exec "$0" "$@"'
    const { stdout } = await execFile('/bin/sh', ['-c', command, process.execPath, '-e', SCRIPT, folder], {
      unshare: ['pid', 'mnt'],
    })
    return JSON.parse(stdout)
  }

  it('the launcher’s file is started', async () => {
    copyFileSync(join(packageRoot, STAGE), join(folder, STAGE))
    expect(await start()).toEqual({ status: 0 })
  })

  it('without the file the error says what is forbidden, and what to do', async () => {
    expect(await start()).toEqual({
      status: null,
      message: expect.stringMatching(/^launch: EACCES/),
      step: 'launch',
      code: 'EACCES',
      hint: expect.stringMatching(/vm\.memfd_noexec = 2.*nskit-stage.*npm rebuild nskit/),
    })
  })
})

it('from a directory that is no more, a command starts in one that is', async () => {
  const [said] = await runScript(({ nskit, fs, say }) => {
    const gone = fs.mkdtempSync('/tmp/nskit-gone-')
    process.chdir(gone)
    fs.rmdirSync(gone)
    const { status, stdout } = nskit.spawnSync('pwd', [], { cwd: '/usr', encoding: 'utf8' })
    say({ status, stdout })
  })
  expect(said).toEqual({ status: 0, stdout: '/usr\n' })
})
