// The installed package at work, where no compiler was at hand.
import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { folderOf, STAGE } from '../../../scripts/prebuilds/targets.mjs'
import { fetchNode, X64 } from '../nodes.mjs'
import { installed, project, toolless } from '../packed.mjs'

const PROGRAMS = ['imported.mjs', 'required.cjs', 'workers.mjs']

export const smokes = X64.map((version) => ({
  name: `node ${version.split('.')[0]}`,
  async run(checks) {
    const node = await fetchNode(checks, 'x64', version)
    for (const name of PROGRAMS) await smoke(checks, node, name, `v${version}`)
    const usage = await bare(checks, node, ['node_modules/.bin/nskit', '--help'])
    if (!usage.startsWith('Usage: nskit')) throw new Error(`nskit --help printed ${usage}`)
    return version
  },
}))

/** Where the host lets no memfd be executed, the stage is a file beside the addon. */
export const forbiddenMemfd = {
  name: 'vm.memfd_noexec = 2',
  async run(checks) {
    if (!existsSync('/proc/sys/vm/memfd_noexec')) checks.missing('no vm.memfd_noexec before Linux 6.3')
    const folder = await project(checks)
    const stage = join(installed(folder), folderOf('x64'), STAGE)
    // Of a pid namespace, as the setting is; it ends with its init. Only the host's root may set it.
    const script = 'echo 2 > /proc/sys/vm/memfd_noexec && exec "$0" imported.mjs'
    const command = ['unshare', '--pid', '--fork', '--mount-proc', 'sh', '-c', script, process.execPath]
    const [first, ...rest] = process.geteuid() === 0 ? command : ['sudo', '-n', ...command]
    const inside = () => checks.run(checks.tool(first), rest, { cwd: folder })

    const { ending, output } = await inside()
    if (ending !== 0) throw new Error(output)
    // That it was the file: without it, the same fails.
    renameSync(stage, `${stage}.away`)
    try {
      const without = await inside()
      if (!without.output.includes('launch: clone failed'))
        throw new Error(`without its file: ${without.output}`)
    } finally {
      renameSync(`${stage}.away`, stage)
    }
  },
}

/** Prebuilt for glibc alone: what a host without any is told. */
export const withoutPrebuilt = {
  name: 'no addon for this host',
  async run(checks) {
    const folder = await project(checks)
    const program = "require('nskit').listNamespaces()"
    const { ending, output } = await checks.run(process.execPath, ['-e', program], {
      cwd: folder,
      env: { PATH: await toolless(checks), LIBC: 'musl' },
    })
    if (ending === 0 || !/ERR_NSKIT_NO_ADDON[\s\S]*libc=musl/.test(output)) throw new Error(output)
  },
}

async function smoke(checks, node, program, version) {
  const folder = await project(checks)
  const printed = await bare(checks, node, [program])
  for (const line of printed.split('\n')) {
    const used = JSON.parse(line)
    const expected = join(installed(folder), folderOf('x64'))
    if (used.node !== version || !used.addon.startsWith(expected)) throw new Error(`${program} used ${line}`)
  }
}

async function bare(checks, node, args) {
  return checks.exec(node, args, { cwd: await project(checks), env: { PATH: await toolless(checks) } })
}
