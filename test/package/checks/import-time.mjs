// How long the import of the installed package takes. Printed, not judged: npm run bench compares.
import { project } from '../packed.mjs'

const ROUNDS = 15

export const importTime = {
  name: 'import time',
  async run(checks) {
    const folder = await project(checks)
    const measured = []
    for (const [how, load] of [
      ['import', "await import('nskit')"],
      ['require', "process.getBuiltinModule('module').createRequire(process.cwd() + '/')('nskit')"],
    ]) {
      const times = []
      for (let round = 0; round < ROUNDS; round += 1) {
        const program = `const t = performance.now(); ${load}; console.log(performance.now() - t)`
        const args = ['--input-type=module', '-e', program]
        times.push(Number(await checks.exec(process.execPath, args, { cwd: folder })))
      }
      measured.push(`${how} ${Math.min(...times).toFixed(1)} ms`)
    }
    return `${measured.join(', ')} (least of ${ROUNDS} processes)`
  },
}
