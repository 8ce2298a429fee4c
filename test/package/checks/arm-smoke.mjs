// The arm64 addon, loaded and called by a node for arm64, which an emulator runs. The stage that it starts has a check
// of its own: test/native, "stage, arm64 under qemu".
import { join } from 'node:path'
import { folderOf } from '../../../scripts/prebuilds/targets.mjs'
import { ARM64, fetchNode } from '../nodes.mjs'
import { installed, project, toolless } from '../packed.mjs'

/** Of Debian's cross compiler: the C libraries that node is linked with. */
const LIBRARIES = '/usr/aarch64-linux-gnu'
const PROGRAMS = ['imported.mjs', 'required.cjs']

export const armSmoke = {
  name: 'arm64 under qemu',
  async run(checks) {
    const qemu = checks.tool('qemu-aarch64-static')
    const [node, folder] = [await fetchNode(checks, 'arm64', ARM64), await project(checks)]
    for (const program of PROGRAMS) {
      const printed = await checks.exec(qemu, ['-L', LIBRARIES, node, program], {
        cwd: folder,
        env: { PATH: await toolless(checks), EMULATED: '1' },
      })
      const { addon } = JSON.parse(printed)
      if (!addon.startsWith(join(installed(folder), folderOf('arm64')))) throw new Error(`used ${printed}`)
    }
    return ARM64
  },
}
