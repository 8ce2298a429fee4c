// The stage of the other architecture, built with the same flags and run by an emulator of its user mode.
import { join } from 'node:path'
import { buildProgram, stageArguments, stageDriver } from '../build.mjs'
import { PROBED } from './stage.mjs'
import { checkImage } from './stage-file.mjs'

export const armStage = {
  name: 'stage, arm64 under qemu',
  async run(check, folder) {
    const compiler = check.tool('aarch64-linux-gnu-g++')
    const qemu = check.tool('qemu-aarch64-static')
    const stage = join(folder, 'nskit-stage')
    await check.exec(compiler, stageArguments('arm64', stage))
    const facts = await checkImage(check, stage)
    const probe = await buildProgram(
      check,
      folder,
      'command_probe.cpp',
      ['-O1', '-static'],
      'aarch64-linux-gnu-g++',
    )
    const driver = await stageDriver(check)
    const malformed = await check.exec(driver, ['plans', qemu, stage])
    // The kernel executes what the emulated stage asks for, and it knows no arm64: the emulator is the command.
    await check.exec(driver, ['command', PROBED, qemu, stage, '--', qemu, probe, '--last'])
    return `${facts}; ${malformed}`
  },
}
