// The packed types, without skipLibCheck, in a CommonJS and in an ES module.
import { cpSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { TREE } from '../../support/checks.mjs'
import { installed, project } from '../packed.mjs'

export const strictTypes = {
  name: 'types, strict',
  run(checks) {
    return checks.shared('types', async (folder) => {
      cpSync(installed(await project(checks)), join(folder, 'node_modules/nskit'), { recursive: true })
      symlinkSync(join(TREE, 'node_modules/@types'), join(folder, 'node_modules/@types'))
      for (const name of ['esm.mts', 'commonjs.cts'])
        cpSync(join(TREE, 'test/package/consumer', name), join(folder, name))
      const options = [
        '--noEmit',
        '--strict',
        '--exactOptionalPropertyTypes',
        '--skipLibCheck',
        'false',
        '--types',
        'node',
      ]
      const language = ['--target', 'es2022', '--lib', 'es2022,esnext.disposable']
      const tsc = join(TREE, 'node_modules/typescript/bin/tsc')
      const check = (...rest) =>
        checks.exec(process.execPath, [tsc, ...options, ...language, ...rest], { cwd: folder })
      await check('--module', 'node16', 'esm.mts', 'commonjs.cts')
      await check('--module', 'esnext', '--moduleResolution', 'bundler', 'esm.mts')
      return 'esm, commonjs, for a bundler'
    })
  },
}
